using System.CommandLine;
using Distributed.Hub;
using Distributed.Worker.Verbs.Groups;
using Distributed.Worker.Verbs.Models;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>`encode --model MODEL --input FILE --output FILE`: texts to embeddings.</summary>
internal static class EncodeVerb
{
    /// <summary>The verb with its options.</summary>
    public static Command Create(HubOptions hub)
    {
        var model = VerbOptions.Model();
        EncodeFileOptions files = new();
        EncodeSettingOptions settings = new();
        GroupOptions group = new("Worker processes that share the work; default 2, but 1 for --text and standard input or output. They do not change the result.");

        Command command = new("encode", "Texts to embeddings, in their order.") { model };
        files.AddTo(command);
        settings.AddTo(command);
        group.AddTo(command);
        command.SetVerb((arguments, cancellationToken) =>
        {
            var place = group.PlaceOf(arguments);
            var name = arguments.GetRequiredValue(model);
            if ((group.Conflict(arguments) ?? settings.Conflict(arguments) ?? files.Conflict(arguments, name, place, settings.Dtype(arguments))) is { } conflict)
                throw new VerbException(conflict);
            var asked = new EncodeArguments
            {
                Model = name,
                Input = files.Input(arguments),
                Output = files.Output(arguments),
                Settings = settings.Settings(arguments),
                Dtype = settings.Dtype(arguments),
            };
            var error = arguments.InvocationConfiguration.Error;
            return new EncodeRun(asked, place, new ModelSource(hub, error, TimeProvider.System), error, TimeProvider.System).RunAsync(cancellationToken);
        });
        return command;
    }
}
