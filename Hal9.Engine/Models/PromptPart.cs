namespace Hal9.Engine.Models;

/// <summary>Where a piece of a prompt came from.</summary>
public enum PromptSource
{
    /// <summary>The neuron's standing instructions.</summary>
    Neuron,

    /// <summary>What was said before in the conversation.</summary>
    History,

    /// <summary>The step's goal.</summary>
    Goal,

    /// <summary>What the result must satisfy.</summary>
    Criteria,

    /// <summary>Results of others to build on.</summary>
    Before,

    /// <summary>The neuron's own last result.</summary>
    LastResult,

    /// <summary>Its parent's feedback on it.</summary>
    Feedback,

    /// <summary>The neurons that it may assign work to.</summary>
    Delegates,

    /// <summary>Results to judge.</summary>
    Results,

    /// <summary>Results to put together.</summary>
    Integrate,

    /// <summary>What to do in this turn.</summary>
    Task,

    /// <summary>The JSON schema that the answer has to fit.</summary>
    Schema,

    /// <summary>A file that was attached to the goal.</summary>
    Attachment,

    /// <summary>What was learned from earlier work of the kind, quoted.</summary>
    Lessons,
}

/// <summary>A piece of what a model was asked, by where it came from: so that people can see why an answer came out as it did.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="Text">The piece.</param>
public sealed record PromptPart(PromptSource Source, string Text);
