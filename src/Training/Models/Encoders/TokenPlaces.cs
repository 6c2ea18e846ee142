namespace Distributed.Training.Models.Encoders;

/// <summary>Rows of the position table that the tokens of a micro-batch take.</summary>
internal static class TokenPlaces
{
    /// <summary>0, 1, 2 … in every text.</summary>
    public static int[] InOrder(EncoderInput input)
    {
        var places = new int[input.TokenIds.Length];
        var token = 0;
        foreach (var group in input.Groups)
        {
            for (var i = 0; i < group.Texts * group.Length; i++)
                places[token++] = i % group.Length;
        }

        return places;
    }

    /// <summary>
    /// Padding id + 1, + 2 … in every text. A typed padding token takes the padding id's own row and does not advance the count, although it is attended to.
    /// </summary>
    public static int[] AfterPadding(EncoderInput input, int paddingId)
    {
        var places = new int[input.TokenIds.Length];
        var last = paddingId;
        foreach (var (token, place) in InOrder(input).Index())
        {
            if (place == 0)
                last = paddingId;
            places[token] = input.TokenIds[token] == paddingId ? paddingId : ++last;
        }

        return places;
    }
}
