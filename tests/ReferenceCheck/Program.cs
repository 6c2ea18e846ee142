// Checks this product's numbers against a folder of golden data from the peer:
//   dotnet run --project tests/ReferenceCheck -c Release -- tests/reference [--only losses|encoder|training|distributed|families]
// or a published model's against what the peer makes of it (expected.json, expected.safetensors):
//   dotnet run --project tests/ReferenceCheck -c Release -- EXPECTED --model MODEL [--data FOLDER of wordnet/ and stsb/]
using System.CommandLine;
using Distributed.ReferenceCheck;

var folder = new Argument<DirectoryInfo>("folder") { Description = "Folder with losses/, encoder/, training/, distributed/ and families/, or some of them; with --model, expected.json and expected.safetensors." };
var only = new Option<string?>("--only") { Description = "One part alone." };
only.AcceptOnlyFromAmong([.. ReferenceFolder.Parts.Keys]);

var model = new Option<DirectoryInfo?>("--model") { Description = "Folder of a published model." };
var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of wordnet/ and stsb/: the model's scores and a short training are compared too." };

var command = new RootCommand("Compares losses, encoder, trajectories and distributed gradients with golden data from sentence-transformers.") { folder, only, model, data };
command.SetAction(parsed => parsed.GetValue(model) is { } published
    ? ReferenceFolder.Check(new PublishedModelCases(parsed.GetRequiredValue(folder).FullName, published.FullName, parsed.GetValue(data)?.FullName), Console.Out)
    : ReferenceFolder.Check(parsed.GetRequiredValue(folder), parsed.GetValue(only), Console.Out));
return command.Parse(args).Invoke();
