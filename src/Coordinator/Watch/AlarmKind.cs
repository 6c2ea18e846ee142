namespace Distributed.Coordinator.Watch;

/// <summary>Ways in which the space of embeddings goes wrong.</summary>
internal enum AlarmKind
{
    /// <summary>Embeddings draw together: to a point, to a line, or to a size that means nothing any more. `collapse`</summary>
    Collapse,

    /// <summary>Embeddings grow without bound, or are not finite any more. `explosion`</summary>
    Explosion,

    /// <summary>The loss sits where equal embeddings put it: at the margin. `saturated-loss`</summary>
    SaturatedLoss,
}
