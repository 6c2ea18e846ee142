namespace Distributed.Training.Models.Encoders;

/// <summary>Numbers of a config.json, checked before anything is made from them.</summary>
internal static class ConfigChecks
{
    private const int LargestVocabulary = 1 << 24;
    private const int MostLayers = 1000;
    private const int LargestPosition = 1 << 20;
    private const int LargestWidth = 1 << 20;

    extension(JsonFile json)
    {
        /// <summary>Number of token ids.</summary>
        public int VocabularySize() => json.SizeUpTo("vocab_size", LargestVocabulary);

        /// <summary>Number of positions.</summary>
        public int Positions() => json.SizeUpTo("max_position_embeddings", LargestPosition);

        /// <summary>Number of layers.</summary>
        public int Layers(string key) => json.SizeUpTo(key, MostLayers);

        /// <summary>Width of states, or anything else of that order.</summary>
        public int Width(string key) => json.SizeUpTo(key, LargestWidth);

        /// <summary>Number of attention heads, which divides the width.</summary>
        public int Heads(string key, string widthKey)
        {
            var (heads, width) = (json.RequiredSize(key), json.Width(widthKey));
            return width % heads == 0 ? heads : throw new ModelFormatException(json.Path, $"{heads} attention heads do not divide {widthKey} {width}");
        }

        /// <summary>A probability below 1.</summary>
        public double Probability(string key, double missing)
            => (json.Number(key) ?? missing) is var probability && probability is >= 0 and < 1
                ? probability
                : throw new ModelFormatException(json.Path, $"{key} is {probability}; 0 ≤ p < 1 was expected");

        /// <summary>A number above 0.</summary>
        public double Positive(string key, double missing)
            => (json.Number(key) ?? missing) is var number && number > 0
                ? number
                : throw new ModelFormatException(json.Path, $"{key} is {number}; a number above 0 was expected");

        /// <summary>The padding id, one of the vocabulary's.</summary>
        public int PaddingId(int missing)
        {
            var (id, size) = (json.Number("pad_token_id") ?? missing, json.VocabularySize());
            return id >= 0 && id < size && id == Math.Floor(id)
                ? (int)id
                : throw new ModelFormatException(json.Path, $"pad_token_id is {id}; an id from 0 to {size - 1} was expected");
        }

        /// <summary>A key that may be missing but has no other value.</summary>
        public void Require(string key, string supported)
        {
            if (json.Text(key) is { } value && value != supported)
                throw new ModelFormatException(json.Path, $"{key} is {value}; only {supported} is supported");
        }

        /// <summary>A switch that must not be on.</summary>
        public void RequireOff(string key)
        {
            if (json.Boolean(key) == true)
                throw new ModelFormatException(json.Path, $"{key} is true, which is not supported");
        }

        private int SizeUpTo(string key, int largest)
            => json.RequiredSize(key) is var size && size <= largest
                ? size
                : throw new ModelFormatException(json.Path, $"{key} is {size}, more than {largest}");
    }
}
