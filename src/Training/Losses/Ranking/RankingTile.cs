using TorchSharp;

namespace Distributed.Training.Losses.Ranking;

/// <summary>Logits of rows against documents, and what only the making of a tile can tell.</summary>
/// <param name="Logits">[rows, documents]; −∞ where a document is no candidate.</param>
/// <param name="PlainLargest">Each row's largest before hardness was added, [rows, 1]; null: the logits have none.</param>
/// <param name="Masked">How many candidates of each row the score mask left out, [rows, 1]; null: no score mask.</param>
internal readonly record struct RankingTile(torch.Tensor Logits, torch.Tensor? PlainLargest, torch.Tensor? Masked);
