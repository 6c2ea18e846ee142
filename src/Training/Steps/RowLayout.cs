using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// How the row of a global batch lies in the exchange of embeddings: column after column, each with its embedding and, where the loss has a guide, the
/// guide's embedding of the same text.
/// </summary>
/// <param name="Columns">Texts of a row.</param>
/// <param name="Dim">Width of an embedding.</param>
/// <param name="GuideDim">Width of the guide's embedding; 0 without a guide.</param>
internal readonly record struct RowLayout(int Columns, int Dim, int GuideDim)
{
    /// <summary>Numbers in a row.</summary>
    public int Width => Columns * TextWidth;

    private int TextWidth => Dim + GuideDim;

    /// <summary>The embeddings in <paramref name="rows"/>, [rows, Width], as a view [rows × columns, dim].</summary>
    public Tensor Embeddings(Tensor rows) => rows.view(-1, TextWidth).narrow(1, 0, Dim);

    /// <summary>The guide's embeddings in <paramref name="rows"/>, [rows, Width], as a view [rows × columns, guide dim].</summary>
    public Tensor Guides(Tensor rows) => rows.view(-1, TextWidth).narrow(1, Dim, GuideDim);

    /// <summary>One column of such a view of texts, [rows × columns, width], as a view [rows, width].</summary>
    public Tensor Column(Tensor texts, int column) => texts.unflatten(0, [-1, Columns]).select(1, column);
}
