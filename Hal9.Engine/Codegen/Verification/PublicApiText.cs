namespace Hal9.Engine.Codegen.Verification;

/// <summary>The public members of C# code, one line each, so that a design and what was written for it can be compared.</summary>
public static class PublicApiText
{
    /// <summary>Reads the public types and members, as <c>class Todo.TodoList</c> and <c>int Todo.TodoList.Add(string)</c>, sorted.</summary>
    /// <param name="sources">C# text by path; bodies do not matter, so stubs give the same as the finished code.</param>
    public static IReadOnlyList<string> Of(IReadOnlyDictionary<string, string> sources) => [];
}
