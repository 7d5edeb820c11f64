namespace Hal9.Engine.Codegen.Verification.Toolchains;

/// <summary>
/// The project files of each kind. The product owns them: no model writes one, and verification builds exactly these. The program lies below <c>src/</c>, all
/// tests below <c>tests/</c> in one test project, so no two test files may declare the same class.
/// </summary>
public static class ProjectFiles
{
    private const string XunitVersion = "4.0.2";

    /// <summary>The project files of a kind, text by path, for the ordinary tool chain.</summary>
    /// <param name="kind">Kind of project.</param>
    /// <param name="packages">Packages beyond the language's own library.</param>
    public static IReadOnlyDictionary<string, string> For(ProjectKind kind, IReadOnlyList<PackageUse> packages) => ProjectWords.LanguageOf(kind) switch
    {
        Language.CSharp => CSharp(kind, packages),
        Language.Python => new Dictionary<string, string>
        {
            [".gitignore"] = "__pycache__/\n",
            ["README.md"] = "# Program\n\n    PYTHONPATH=src python3 -m unittest discover -s tests -t .\n",
        },
        _ => new Dictionary<string, string>
        {
            [".gitignore"] = "node_modules/\nbuild/\n",
            ["package.json"] = """
                {
                  "name": "program",
                  "private": true,
                  "type": "module",
                  "scripts": { "build": "tsc -p .", "test": "tsc -p . && node --test build/tests/" }
                }

                """,
            ["tsconfig.json"] = """
                {
                  "compilerOptions": {
                    "target": "ES2022", "module": "NodeNext", "moduleResolution": "NodeNext", "strict": true, "rootDir": ".", "outDir": "build", "skipLibCheck": true, "noEmitOnError": true
                  },
                  "include": ["src", "tests"]
                }

                """,
        },
    };

    private static Dictionary<string, string> CSharp(ProjectKind kind, IReadOnlyList<PackageUse> packages)
    {
        var sdk = kind is ProjectKind.CSharpMinimalApi or ProjectKind.BlazorPage ? "Microsoft.NET.Sdk.Web" : "Microsoft.NET.Sdk";
        var program = kind == ProjectKind.CSharpLib ? "" : "\n    <OutputType>Exe</OutputType>";
        var references = string.Concat(packages.Select(package => $"\n    <PackageReference Include=\"{package.Id}\" Version=\"{package.Version}\" />"));
        var used = references.Length == 0 ? "" : $"\n  <ItemGroup>{references}\n  </ItemGroup>";
        var framework = kind is ProjectKind.CSharpMinimalApi or ProjectKind.BlazorPage ? "\n    <FrameworkReference Include=\"Microsoft.AspNetCore.App\" />" : "";
        return new()
        {
            [".gitignore"] = "bin/\nobj/\n",
            ["Program.slnx"] = "<Solution>\n  <Project Path=\"src/App.csproj\" />\n  <Project Path=\"tests/Tests.csproj\" />\n</Solution>\n",
            ["global.json"] = "{\n  \"test\": { \"runner\": \"Microsoft.Testing.Platform\" }\n}\n",
            ["src/App.csproj"] = $"""
                <Project Sdk="{sdk}">
                  <PropertyGroup>{program}
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                  </PropertyGroup>
                  <ItemGroup>
                    <InternalsVisibleTo Include="Tests" />
                  </ItemGroup>{used}
                </Project>

                """,
            ["tests/Tests.csproj"] = $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType Condition="'$(OutputType)' == ''">Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <IsPackable>false</IsPackable>
                  </PropertyGroup>
                  <ItemGroup>{framework}
                    <Using Include="Xunit" />
                    <ProjectReference Include="../src/App.csproj" />
                    <PackageReference Include="xunit.v3" Version="{XunitVersion}" />
                  </ItemGroup>{used}
                </Project>

                """,
        };
    }
}
