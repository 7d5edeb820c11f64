using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

[Collection(WebCollection.Name)]
public sealed class ApiDocumentTests(WebFixture host)
{
    [Fact]
    public async Task Document_OfASignedInProgram_DescribesTheInterfaces()
    {
        using var client = await Hal9Client.SignInAsync(host.Url, Hal9Settings.Email, Hal9Settings.Password, TestContext.Current.CancellationToken);

        var document = await client.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken);

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Contains("/api/v1/runs", paths);
        Assert.Contains("/api/v1/budgets", paths);
        Assert.Contains("/v1/chat/completions", paths);
        var order = document.GetProperty("components").GetProperty("schemas").GetProperty("StartRunBody").GetProperty("properties");
        Assert.Equal("auto", order.GetProperty("mode").GetProperty("default").GetString());
    }
}
