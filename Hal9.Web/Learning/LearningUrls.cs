namespace Hal9.Web.Learning;

/// <summary>The addresses of the learning page.</summary>
internal static class LearningUrls
{
    /// <summary>What was learned, and the proposal that is reviewed.</summary>
    public static string Of(Guid? proposalId = null) => proposalId is null ? "/learning" : $"/learning?id={proposalId}";
}
