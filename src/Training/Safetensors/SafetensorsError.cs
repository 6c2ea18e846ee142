namespace Distributed.Training.Safetensors;

/// <summary>What is wrong with a safetensors file.</summary>
public enum SafetensorsError
{
    /// <summary>The file ends before its header or its data does, or holds more than its tensors.</summary>
    WrongLength,

    /// <summary>The file is what PyTorch pickles, which can run code when it is read.</summary>
    Pickled,

    /// <summary>The header is longer than 16 MiB.</summary>
    HeaderTooLarge,

    /// <summary>The header is no JSON object of the format.</summary>
    BadHeader,

    /// <summary>More than 100,000 tensors.</summary>
    TooManyTensors,

    /// <summary>A dtype that is not read here.</summary>
    UnsupportedDtype,

    /// <summary>A shape whose size is negative or overflows, or differs from the number of bytes.</summary>
    BadShape,

    /// <summary>Tensors overlap, leave a gap or lie outside the file.</summary>
    BadOffsets,

    /// <summary>The tensor asked for is not in the file.</summary>
    MissingTensor,
}
