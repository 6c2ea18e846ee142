namespace Distributed.Worker.Verbs.Mining;

/// <summary>How pairs and their negatives are laid out in rows.</summary>
internal enum MinedFormat
{
    /// <summary>A row a pair, a column a negative: `columns`.</summary>
    Columns,

    /// <summary>A row a negative: `rows`.</summary>
    Rows,

    /// <summary>A row a text, with a label that says whether it belongs to the anchor: `pairs`.</summary>
    Pairs,
}

/// <summary>What becomes of pairs with fewer negatives than asked for.</summary>
internal enum IncompletePairs
{
    /// <summary>They are written with those that were found: `keep`.</summary>
    Keep,

    /// <summary>They are left out: `drop`.</summary>
    Drop,
}
