using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Modules;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Modules;

public sealed class ModuleTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Forward_DenseOfGivenWeights_IsTheFormula()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(Math.Tanh(3 + 8 + 0.5), Dense(DenseActivation.Default, hasResidual: false), Tolerance);
        Assert.Equal(11.5, Dense(DenseActivation.Of("torch.nn.modules.linear.Identity")!, hasResidual: false), Tolerance);
        Assert.Equal(11.5 + 0.1 + 0.4, Dense(DenseActivation.Of("torch.nn.modules.linear.Identity")!, hasResidual: true), Tolerance); // through the residual's own map
    }

    [Theory]
    [InlineData(null, "Tanh")]
    [InlineData("mine.Swish", "Tanh")]
    [InlineData("torch.nn.modules.activation.GELU", "GELU")]
    [InlineData("torch.nn.GELU", "GELU")]
    [InlineData("torch.nn.modules.activation.Unknown", null)]
    public void Of_ClassPath_IsThePeersChoice(string? classPath, string? name) => Assert.Equal(name, DenseActivation.Of(classPath)?.Name);

    [Theory]
    [InlineData("Identity", -1.5, 2.5, 7)]
    [InlineData("Tanh", -0.90514825, 0.9866143, 0.99999834)]
    [InlineData("ReLU", 0, 2.5, 7)]
    [InlineData("GELU", -0.1002108, 2.4844758, 7)]
    [InlineData("Sigmoid", 0.18242552, 0.92414182, 0.99908895)]
    [InlineData("SiLU", -0.27363829, 2.3103545, 6.9936226)]
    [InlineData("LeakyReLU", -0.015, 2.5, 7)]
    [InlineData("ELU", -0.77686984, 2.5, 7)]
    [InlineData("SELU", -1.3658144, 2.6267525, 7.3549069)]
    [InlineData("CELU", -0.77686984, 2.5, 7)]
    [InlineData("ReLU6", 0, 2.5, 6)]
    [InlineData("Softplus", 0.20141328, 2.5788897, 7.0009115)]
    [InlineData("Softsign", -0.6, 0.71428571, 0.875)]
    [InlineData("Tanhshrink", -0.59485175, 1.5133857, 6.0000017)]
    [InlineData("Mish", -0.29809974, 2.4713923, 6.9999884)]
    [InlineData("LogSigmoid", -1.7014133, -0.078889734, -0.00091146645)]
    [InlineData("Hardtanh", -1, 1, 1)]
    [InlineData("Hardsigmoid", 0.25, 0.91666667, 1)]
    [InlineData("Hardswish", -0.375, 2.2916667, 7)]
    public void Apply_SomeNumbers_AreMappedAsPyTorchDoes(string name, double ofMinusOneAndAHalf, double ofTwoAndAHalf, double ofSeven)
    {
        using var scope = NewDisposeScope();

        var mapped = DenseActivation.Of($"torch.nn.{name}")!.Apply(tensor([-1.5, 2.5, 7])).data<double>();

        Assert.All(mapped.Zip([ofMinusOneAndAHalf, ofTwoAndAHalf, ofSeven]), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
    }

    [Fact]
    public void Forward_LayerNorm_NormalisesThenScalesAndShifts()
    {
        using var scope = NewDisposeScope();

        var module = new LayerNormSpec(2) { Path = "2_LayerNorm" }.Create();
        using (no_grad())
        {
            module.get_parameter("norm.weight")!.set_(tensor(new float[] { 2, 3 }));
            module.get_parameter("norm.bias")!.set_(tensor(new float[] { 0, 1 }));
        }

        var normed = module.Forward(tensor(new float[,] { { 3, 5 } }), Pass(dropout: null));

        Assert.Equal([-2, 4], normed.data<float>().Select(value => Math.Round(value, 3)));
    }

    [Fact]
    public void Forward_Dropout_ActsInTrainingAloneAndRepeatsItself()
    {
        using var scope = NewDisposeScope();
        var (embeddings, module) = (ones(50, 40), new DropoutSpec(0.25) { Path = "2_Dropout" }.Create());
        var key = new DropoutKey(1, 2, 3, 4);

        var (first, second) = (module.Forward(embeddings, Pass(key)), module.Forward(embeddings, Pass(key)));

        Assert.Same(embeddings, module.Forward(embeddings, Pass(dropout: null)));
        Assert.Equal(0, EncoderReference.MaxDifference(first, second));
        Assert.InRange(first.eq(0).to(ScalarType.Float32).mean().item<float>(), 0.2, 0.3);
        Assert.Equal(1 / 0.75f, first.max().item<float>(), Tolerance);
    }

    [Fact]
    public void Parameters_OfAModule_DecayButForBiases()
    {
        using var model = EmbeddingModel.Load(ReferenceData.PathOf("families", "bert-variants", "dense", "model"));

        using var flat = new FlatParameters(model.Encoder);

        Assert.Equal(
            [("2.linear.bias", false), ("2.linear.weight", true)],
            flat.Slots.Where(slot => char.IsDigit(slot.Name[0])).Select(slot => (slot.Name, slot.Decays)));
    }

    [Fact]
    public void Encode_DenseInBFloat16_StaysNearFloat32()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EmbeddingModel.Load(ReferenceData.PathOf("families", "bert-variants", "dense", "model"));
        var input = EncoderInput.From([model.Tokenize("a cat sat on the mat")]);

        var difference = EncoderReference.MaxDifference(
            model.Encoder.Encode(input, dropout: null), model.Encoder.Encode(input, dropout: null, Precision.BFloat16));

        Assert.InRange(difference, 1e-6, 0.05);
    }

    [Fact]
    public void Load_DropoutOfTheJob_HoldsForModulesToo()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Copy(ReferenceData.PathOf("families", "bert-variants", "lasttoken", "model"), "model");
        Directory.CreateDirectory(Path.Combine(path, "2_Dropout"));
        File.WriteAllText(Path.Combine(path, "2_Dropout", "config.json"), """{"dropout": 0.5}""");
        var modules = Path.Combine(path, "modules.json");
        File.WriteAllText(modules, File.ReadAllText(modules).TrimEnd()[..^1] + """, {"idx": 2, "name": "2", "path": "2_Dropout", "type": "sentence_transformers.models.Dropout"}]""");

        Assert.True(DropsSomething(options: null));
        Assert.False(DropsSomething(new ModelOptions { Dropout = 0 }));

        bool DropsSomething(ModelOptions? options)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var model = EmbeddingModel.Load(path, options);
            var input = EncoderInput.From([model.Tokenize("a cat")]);
            return EncoderReference.MaxDifference(model.Encoder.Encode(input, dropout: null), model.Encoder.Encode(input, new DropoutKey(1, 1, 1, 1))) > 0;
        }
    }

    // x = [1, 2], W = [3, 4], b = 0.5, R = [0.1, 0.2]: W x is 3 + 8, R x is 0.1 + 0.4.
    private static double Dense(DenseActivation activation, bool hasResidual)
    {
        using var module = new DenseSpec(2, 1, HasBias: true, activation, hasResidual) { Path = "2_Dense" }.Create();
        using (no_grad())
        {
            module.get_parameter("linear.weight")!.copy_(tensor(new float[,] { { 3, 4 } }));
            module.get_parameter("linear.bias")!.fill_(0.5);
            module.get_parameter("residual.weight")?.copy_(tensor(new float[,] { { 0.1f, 0.2f } }));
        }

        return module.Forward(tensor(new float[,] { { 1, 2 } }), Pass(dropout: null)).item<float>();
    }

    private static EncoderPass Pass(DropoutKey? dropout)
    {
        var config = new BertConfig { VocabularySize = 10, HiddenSize = 8, Layers = 1, Heads = 1, IntermediateSize = 8, MaxPositions = 4 };
        return new EncoderPass(EncoderInput.From([[1]]), config, zeros(1), dropout, allowsFused: false);
    }
}
