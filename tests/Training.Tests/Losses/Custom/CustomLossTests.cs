using System.Collections.Immutable;
using System.Runtime.Loader;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;

namespace Distributed.Training.Tests.Losses.Custom;

public sealed class CustomLossTests
{
    private static readonly string Here = typeof(CustomLossTests).Assembly.Location;

    [Fact]
    public void Create_Example_IsALossInAContextOfItsOwn()
    {
        var loss = EmbeddingLoss.Create(OwnLossExample.Options);

        Assert.IsType<PlainLoss>(loss, exactMatch: false); // the type of this program, not another of that name
        Assert.NotSame(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(loss.GetType().Assembly));
    }

    [Fact]
    public void Create_Matryoshka_WrapsIt() =>
        Assert.IsType<MatryoshkaLoss>(EmbeddingLoss.Create(OwnLossExample.Options with { Matryoshka = new MatryoshkaOptions { Dims = [4] } }));

    [Fact]
    public void Create_Settings_BecomeArgumentsByName()
    {
        var loss = EmbeddingLoss.Create(Settled(("margin", 0.5), ("soft_margin", 1), ("neighbours", 3), ("Scale", 2)));

        Assert.Equal("0.5 True 3 2 7", loss.ToString());
    }

    [Theory]
    [InlineData("no-such.dll", "A", "no-such.dll: no such file")]
    [InlineData("README.md", "A", "README.md: no .NET assembly")]
    public void Create_NoAssembly_IsRefused(string file, string type, string message)
    {
        var path = Path.Combine(Repository.Root, file);

        Assert.EndsWith(message, Refusal(new CustomLossOptions { Assembly = path, Type = type }), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NoSuchType_NamesTheLossesThatAreThere() => Assert.Equal(
        $"{OwnLossExample.Assembly} has no class OwnLoss.SoftLoss; its losses: OwnLoss.SoftNearestNeighborLoss",
        Refusal(OwnLossExample.Options with { Type = "OwnLoss.SoftLoss" }));

    [Theory]
    [InlineData(nameof(CustomLossTests), "CustomLossTests is no loss: it does not implement Distributed.Training.Losses.IEmbeddingLoss; it has no public loss")]
    [InlineData(nameof(AbstractLoss), "AbstractLoss is abstract or generic: no instance can be made of it")]
    [InlineData(nameof(NamedLoss), "NamedLoss: the constructor's parameter name is a String; settings are double, float, int or bool")]
    [InlineData(nameof(TwoWayLoss), "TwoWayLoss needs exactly one public constructor; it has 2")]
    [InlineData(nameof(RefusingLoss), "RefusingLoss cannot be made: not today")]
    public void Create_TypeThatCannotBeMade_SaysWhy(string type, string message) =>
        Assert.EndsWith(message, Refusal(new CustomLossOptions { Assembly = Here, Type = $"Distributed.Training.Tests.Losses.Custom.{type}" }), StringComparison.Ordinal);

    [Fact]
    public void Create_UnknownSetting_NamesThoseThatThereAre() => Assert.EndsWith(
        "SettledLoss has no setting margn; it has margin, soft_margin, neighbours, scale, last",
        Refusal(Settled(("margn", 1))), StringComparison.Ordinal);

    [Fact]
    public void Create_MissingSetting_IsNamed() => Assert.EndsWith(
        "SettledLoss needs the setting soft_margin; it has margin, soft_margin, neighbours, scale, last",
        Refusal(Settled(("margin", 1))), StringComparison.Ordinal);

    [Theory]
    [InlineData("neighbours", 2.5, "the setting neighbours is 2.5; expected a whole number")]
    [InlineData("soft_margin", 2, "the setting soft_margin is 2; expected 1 (yes) or 0 (no)")]
    public void Create_SettingThatDoesNotFit_SaysWhatIsExpected(string name, double value, string message)
    {
        var settings = new Dictionary<string, double> { ["margin"] = 1, ["soft_margin"] = 1, ["neighbours"] = 1, ["scale"] = 1, [name] = value };

        Assert.EndsWith(message, Refusal(Settled([.. settings.Select(setting => (setting.Key, setting.Value))])), StringComparison.Ordinal);
    }

    private static string Refusal(CustomLossOptions options) => Assert.Throws<LossException>(() => EmbeddingLoss.Create(options)).Message;

    private static CustomLossOptions Settled(params (string Name, double Value)[] settings) => new()
    {
        Assembly = Here, Type = typeof(SettledLoss).FullName!, Settings = settings.ToImmutableSortedDictionary(setting => setting.Name, setting => setting.Value),
    };
}
