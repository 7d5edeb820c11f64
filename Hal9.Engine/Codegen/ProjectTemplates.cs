using Hal9.Engine.Codegen.Verification;

namespace Hal9.Engine.Codegen;

/// <summary>The files of a project that no model writes: project files, settings, a word on how to build and test it.</summary>
internal static class ProjectTemplates
{
    private const string GlobalJson = """
        {
          "sdk": { "version": "10.0.100", "rollForward": "latestFeature" },
          "test": { "runner": "Microsoft.Testing.Platform" }
        }

        """;

    private const string BuildProps = """
        <Project>
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <Deterministic>true</Deterministic>
          </PropertyGroup>
        </Project>

        """;

    private const string Solution = """
        <Solution>
          <Project Path="src/App.csproj" />
          <Project Path="tests/App.Tests.csproj" />
        </Solution>

        """;

    private const string Tests = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <IsPackable>false</IsPackable>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="xunit.v3" Version="4.0.2" />
            <ProjectReference Include="../src/App.csproj" />
          </ItemGroup>
        </Project>

        """;

    /// <summary>Path and text of each.</summary>
    public static IReadOnlyDictionary<string, string> FilesOf(ProjectKind kind, string title) => kind switch
    {
        ProjectKind.CSharpConsole => CSharp(title, "Microsoft.NET.Sdk", isProgram: true, "dotnet run --project src"),
        ProjectKind.CSharpLib => CSharp(title, "Microsoft.NET.Sdk", isProgram: false, null),
        ProjectKind.CSharpMinimalApi or ProjectKind.BlazorPage => CSharp(title, "Microsoft.NET.Sdk.Web", isProgram: false, "dotnet run --project src"),
        ProjectKind.PyCli => new Dictionary<string, string>
        {
            [".gitignore"] = "__pycache__/\n",
            ["README.md"] = Readme(title, "Python 3.11 or later", "python3 -m unittest discover -s tests -t . -p \"*.py\"", "python3 -m src.main"),
        },
        _ => new Dictionary<string, string>
        {
            [".gitignore"] = "node_modules/\n",
            ["package.json"] = "{\n  \"private\": true,\n  \"type\": \"module\",\n  \"scripts\": { \"test\": \"node --test \\\"tests/**/*.ts\\\"\" }\n}\n",
            ["tsconfig.json"] = "{\n  \"compilerOptions\": { \"target\": \"es2023\", \"module\": \"nodenext\", \"strict\": true, \"noEmit\": true, \"allowImportingTsExtensions\": true, \"erasableSyntaxOnly\": true }\n}\n",
            ["README.md"] = Readme(title, "Node.js 24 or later", "npm test", "node src/main.ts"),
        },
    };

    private static Dictionary<string, string> CSharp(string title, string sdk, bool isProgram, string? run) => new()
    {
        [".gitignore"] = "bin/\nobj/\n",
        ["Directory.Build.props"] = BuildProps,
        ["Project.slnx"] = Solution,
        ["README.md"] = Readme(title, "the .NET SDK 10", "dotnet test", run),
        ["global.json"] = GlobalJson,
        ["src/App.csproj"] = isProgram
            ? $"<Project Sdk=\"{sdk}\">\n  <PropertyGroup>\n    <OutputType>Exe</OutputType>\n  </PropertyGroup>\n</Project>\n"
            : $"<Project Sdk=\"{sdk}\" />\n",
        ["tests/App.Tests.csproj"] = Tests,
    };

    private static string Readme(string title, string needs, string test, string? run) =>
        $"# {title.ReplaceLineEndings(" ")}\n\nNeeds {needs}.\n\n    {test}\n{(run is null ? "" : $"    {run}\n")}\n`proof.json` says what was built from what, and what the tests found; `hal9 codegen verify proof.json` looks again.\n";
}
