using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;

namespace Distributed.Training.Optimization;

/// <summary>What of a model a job trains: everything, or what it does not freeze, or adapters.</summary>
internal static class ParameterChoice
{
    /// <summary>Freezes parameters or gives the model its adapters.</summary>
    /// <exception cref="JobConflictException">A pattern matches nothing, or nothing is left to train.</exception>
    public static void Apply(EmbeddingModel model, Job job)
    {
        if (job.Model.Lora is { } lora)
            model.Adapter = LoraAdapter.Create(model.Encoder, lora, job.Seed);
        else if (model.Adapter is null) // an adapter that goes on to be trained came with the model, which it has frozen
            FrozenParameters.Freeze(model.Encoder, job.Model);
    }
}
