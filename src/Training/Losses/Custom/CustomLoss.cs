using System.Reflection;
using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Custom;

/// <summary>Makes a loss of the user's own from its .dll.</summary>
internal static class CustomLoss
{
    /// <summary>A new instance of the class.</summary>
    /// <exception cref="LossException">There is no such class, it is no loss, its constructor takes other settings, or it fails.</exception>
    public static IEmbeddingLoss Create(CustomLossOptions options)
    {
        var type = TypeOf(options);
        var constructor = LossConstructor.Of(type);
        var arguments = constructor.Arguments(options.Settings);
        try
        {
            return constructor.Invoke(arguments);
        }
        catch (TargetInvocationException e)
        {
            throw new LossException($"{type.FullName} cannot be made: {e.InnerException!.Message}", e.InnerException);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or TypeLoadException or MissingMethodException)
        {
            throw NotBuiltForThis(options.Assembly, e);
        }
    }

    private static Type TypeOf(CustomLossOptions options)
    {
        try
        {
            var assembly = LossAssembly.Load(options.Assembly);
            var type = assembly.GetType(options.Type) ?? throw new LossException($"{options.Assembly} has no class {options.Type}; {Losses(assembly)}");
            if (!type.IsAssignableTo(typeof(IEmbeddingLoss)))
                throw new LossException($"{type.FullName} is no loss: it does not implement {typeof(IEmbeddingLoss).FullName}; {Losses(assembly)}");
            return type.IsAbstract || type.ContainsGenericParameters ? throw new LossException($"{type.FullName} is abstract or generic: no instance can be made of it") : type;
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw NotBuiltForThis(options.Assembly, e);
        }
    }

    private static string Losses(Assembly assembly)
    {
        var names = assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(IEmbeddingLoss)) && !type.IsAbstract).Select(type => type.FullName).ToArray();
        return names.Length == 0 ? "it has no public loss" : $"its losses: {string.Join(", ", names)}";
    }

    private static LossException NotBuiltForThis(string assembly, Exception e) =>
        new($"{assembly} cannot be used, it may be built for another version of this program: {e.Message}", e);
}
