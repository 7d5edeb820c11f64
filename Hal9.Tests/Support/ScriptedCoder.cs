using Hal9.Engine.Models.Offline.Projects;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Support;

/// <summary>A model behind HTTP that answers the contracts of code generation as the scripted projects do, so that the pipeline is paid for and metered as with any provider.</summary>
internal static class ScriptedCoder
{
    /// <summary>The reply to a request of code generation; null for every other.</summary>
    public static ScriptedReply? Answer(ScriptedRequest request)
    {
        var messages = request.Messages.Select(message => new ChatMessage(message.Role switch { "assistant" => ChatRole.Assistant, "user" => ChatRole.User, _ => ChatRole.System }, message.Text)).ToList();
        return ProjectRequest.Of(messages) is { } project && ProjectScript.Answer(request.SchemaName, project) is { } text ? ScriptedReply.Of(text) with { ChunkSize = 4000 } : null;
    }
}
