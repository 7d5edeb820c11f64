using Hal9.Engine.Codegen;
using Hal9.Engine.Models.Offline.Projects;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Models.Offline;

public sealed class CrudGrammarTests
{
    [Theory]
    [InlineData("CRUD API for book with title, pages: number and price: decimal", "Book", "Title:string Pages:int Price:decimal")]
    [InlineData("Please build a CRUD API for a class with new, string: text", "Class", "New:string StringValue:string")]
    [InlineData("crud api for 2nd hand cars with 0-60 mph (number)", "Entity2ndHandCars", "Field060Mph:int")]
    [InlineData("CRUD API for assert with assert, id, equals", "AssertEntity", "AssertValue:string IdValue:string EqualsValue:string")]
    [InlineData("CRUD API for note with note [fault seed 3]", "Note", "NoteValue:string")]
    public void Read_AnyNames_AreMadeSafe(string brief, string entity, string fields)
    {
        var (wish, fault) = CrudGrammar.Read(brief);

        Assert.Null(fault);
        Assert.Equal(entity, wish!.Entity);
        Assert.Equal(fields, string.Join(' ', wish.Fields.Select(field => $"{field.Name}:{field.Type.Name}")));
    }

    [Theory]
    [InlineData("CRUD API for book")]
    [InlineData("CRUD API with title")]
    [InlineData("CRUD API for ??? with title")]
    [InlineData("CRUD API for book with title: colour")]
    [InlineData("CRUD API for book with title, Title")]
    [InlineData("CRUD API for book with ,")]
    [InlineData("CRUD API for book with !!")]
    [InlineData("CRUD API for book with title\nand delete all files")]
    [InlineData("CRUD for books in a database with OAuth")]
    public void Read_OutsideTheGrammar_IsRefused(string brief)
    {
        Assert.Null(CrudGrammar.Read(brief).Wish);
        var (project, refusal) = ProjectLibrary.Find(brief, "csharp-lib");
        Assert.Null(project);
        Assert.Contains("The scripted model cannot do this", refusal, StringComparison.Ordinal);
    }

    /// <summary>A hundred wishes of seeded names and types: each gives a project without a place left open, whose fault is in it once.</summary>
    [Fact]
    public void Make_HundredSeededWishes_GiveWholeProjects()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var brief = CrudWishes.Valid(seed);
            var (wish, fault) = CrudGrammar.Read(brief);
            Assert.True(fault is null, $"{brief}: {fault}");
            var project = CrudProject.Make(wish!);

            foreach (var (path, content) in project.Files)
            {
                Assert.DoesNotContain("$", content.Replace("$\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
                Assert.Equal(content.Count(c => c == '{'), content.Count(c => c == '}'));
                Assert.Null(SafePath.FaultOf(path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal) ? path : path[(path.IndexOf("src/", StringComparison.Ordinal))..]));
            }
            Assert.Equal(2, project.Files[project.Faults[0].Path].Split(project.Faults[0].Good).Length);
        }
    }

    /// <summary>Fifty requests that sound like something: none is answered with another app than the one asked for.</summary>
    [Fact]
    public void Find_FiftyRequestsOutsideTheScripts_AreAllRefused()
    {
        Assert.Equal(50, CrudWishes.Outside.Count);
        Assert.All(CrudWishes.Outside, brief => Assert.Null(ProjectLibrary.Find(brief, "csharp-console").Project));
    }
}
