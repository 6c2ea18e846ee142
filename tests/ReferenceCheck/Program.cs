// Checks this product's numbers against a folder of golden data from the peer:
//   dotnet run --project tests/ReferenceCheck -c Release -- tests/reference [--only losses|encoder|training|distributed]
using System.CommandLine;
using Distributed.ReferenceCheck;

var folder = new Argument<DirectoryInfo>("folder") { Description = "Folder with losses/, encoder/, training/ and distributed/, or some of them." };
var only = new Option<string?>("--only") { Description = "One part alone." };
only.AcceptOnlyFromAmong([.. ReferenceFolder.Parts.Keys]);

var command = new RootCommand("Compares losses, encoder, trajectories and distributed gradients with golden data from sentence-transformers.") { folder, only };
command.SetAction(parsed => ReferenceFolder.Check(parsed.GetRequiredValue(folder), parsed.GetValue(only), Console.Out));
return command.Parse(args).Invoke();
