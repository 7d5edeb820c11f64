using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Shared;

/// <summary>The engine's own words in the viewer's language: states, layers, modes, kinds, events, roles. The one place that names them.</summary>
public sealed class Words(IStringLocalizer<Words> texts)
{
    /// <summary>The value in a word or two: <c>RunMode.Deep</c> in <c>Words.resx</c>.</summary>
    public string Of<T>(T value) where T : struct, Enum => texts[$"{typeof(T).Name}.{value}"];

    /// <summary>What the value means, in a sentence: <c>RunMode.Deep.Meaning</c>.</summary>
    public string Meaning<T>(T value) where T : struct, Enum => texts[$"{typeof(T).Name}.{value}.Meaning"];

    /// <summary>Whose limit it was: <c>BudgetScopeKind.Tenant</c>; the engine writes the scope's name in small letters.</summary>
    public string OfScope(string scope) => Enum.TryParse<BudgetScopeKind>(scope, ignoreCase: true, out var kind) ? Of(kind) : scope;

    /// <summary>A state in a word: <c>Status.Running</c>.</summary>
    public string Of(StatusLook look)
    {
        ArgumentNullException.ThrowIfNull(look);
        return texts[$"Status.{look.Name}"];
    }

    /// <summary>What happened, in a word or two: <c>Event.RunStarted</c>.</summary>
    public string Of(RunEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return texts[$"Event.{happened.Type}"];
    }
}
