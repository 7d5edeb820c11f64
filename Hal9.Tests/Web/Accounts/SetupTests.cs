using System.Net;
using System.Text.RegularExpressions;
using Hal9.Engine.Neurons;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Accounts;

public sealed partial class SetupTests
{
    private static readonly (string, string)[] Person =
        [("Form.Email", "dave@example.org"), ("Form.Password", "open the pod bay doors"), ("Form.Tenant", "Discovery One")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Link_OfAFirstStart_MakesAnAdministratorOnceOnly()
    {
        await using var host = await WebFixture.StartAsync();
        var link = LinkOf(host);
        using var browser = host.NewBrowser();

        var made = await browser.SubmitAsync(link, Person, Token);

        Assert.Equal((HttpStatusCode.Found, "/chat"), (made.Status, new Uri(made.Location!, UriKind.RelativeOrAbsolute) is { IsAbsoluteUri: true } uri ? uri.AbsolutePath : made.Location));
        var tenants = host.Services.GetRequiredService<TenantService>();
        Assert.False(await host.Services.GetRequiredService<Hal9.Web.Accounts.FirstSetup>().IsOpenAsync(Token));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/tenant", Token)).Status);
        Assert.Contains("Discovery One", (await browser.GetAsync("/account/tenant", Token)).Body, StringComparison.Ordinal);
        using var second = host.NewBrowser();
        Assert.Equal(HttpStatusCode.Gone, (await second.GetAsync(link, Token)).Status);
        Assert.True(await tenants.AnyMembershipAsync(Token));
    }

    [Fact]
    public async Task Link_PostedTwiceAtOnce_MakesOneTenant()
    {
        await using var host = await WebFixture.StartAsync();
        var link = LinkOf(host);
        using var one = host.NewBrowser();
        using var other = host.NewBrowser();
        var forms = new[] { one, other }.Select(async b => (b, fields: Browser.HiddenFields(await b.Http.GetStringAsync(link, Token)).ToList())).ToList();
        var ready = await Task.WhenAll(forms);

        var answers = await Task.WhenAll(ready.Select((r, i) =>
            r.b.PostAsync(link, [.. r.fields, ("Form.Email", $"p{i}@example.org"), ("Form.Password", "open the pod bay doors"), ("Form.Tenant", $"T{i}")], Token)));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Found], answers.Select(a => a.Status).Order());
    }

    [Fact]
    public async Task Link_AfterItsHour_IsRefused()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await WebFixture.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var link = LinkOf(host);
        using var browser = host.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(link, Token)).Status);

        time.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal(HttpStatusCode.Gone, (await browser.GetAsync(link, Token)).Status);
    }

    [Fact]
    public async Task Link_OfAnEarlierStart_IsRefused()
    {
        var directory = Hal9Settings.NewDataDirectory();
        string earlier;
        await using (var first = await WebFixture.StartAsync(dataDirectory: directory))
        {
            earlier = new Uri(LinkOf(first)).PathAndQuery;
        }
        await using var host = await WebFixture.StartAsync(dataDirectory: directory);
        using var browser = host.NewBrowser();

        var (status, _) = await browser.GetAsync(earlier, Token);

        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(LinkOf(host), Token)).Status);
    }

    [Theory]
    [InlineData("dave@example.org", "short", "at least 12")]
    [InlineData("dave@example.org", "aaaaaaaaaaaaaaaa", "different")]
    [InlineData("bowman@example.org", "bowman-and-poole", "e-mail")]
    [InlineData("dave@example.org", "password1234", "tries first")]
    [InlineData("not an address", "open the pod bay doors", "e-mail address")]
    public async Task Link_WithWhatIsNotAcceptable_SaysWhyAndStaysGood(string email, string password, string words)
    {
        await using var host = await WebFixture.StartAsync();
        var link = LinkOf(host);
        using var browser = host.NewBrowser();

        var refused = await browser.SubmitAsync(link, [("Form.Email", email), ("Form.Password", password), ("Form.Tenant", "Discovery")], Token);

        Assert.Equal(HttpStatusCode.OK, refused.Status);
        Assert.Contains(words, refused.Body, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync(link, Person, Token)).Status);
    }

    [Fact]
    public async Task NewTenant_HasItsHierarchy()
    {
        await using var host = await WebFixture.StartAsync();
        var tenant = await host.Services.GetRequiredService<TenantService>().CreateAsync("Seeded", Guid.CreateVersion7(), Token);

        var hierarchy = await host.Services.GetRequiredService<HierarchyService>().OfAsync(tenant.Id, Token);

        Assert.NotEmpty(hierarchy.Neurons);
    }

    [Fact]
    public async Task UnattendedSetup_OfAnEmptyDatabase_IsDoneOnceAndNoLinkIsPrinted()
    {
        var directory = Hal9Settings.NewDataDirectory();
        var file = Path.Combine(directory, "secret");
        await File.WriteAllTextAsync(file, "open the pod bay doors\n", Token);
        for (var start = 0; start < 2; start++)
        {
            await using var host = await WebFixture.StartAsync(Setup(("Email", "dave@example.org"), ("PasswordFile", file), ("Tenant", "Discovery")), dataDirectory: directory);

            using var client = await Hal9Client.SignInAsync(host.Url, "dave@example.org", "open the pod bay doors", Token);

            Assert.DoesNotContain(host.Log, line => line.Contains("setup?code", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Password", "short", "at least 12")]
    [InlineData("PasswordFile", "/does/not/exist", "cannot be read")]
    [InlineData("Pasword", "open the pod bay doors", "Pasword")]
    public async Task UnattendedSetup_WithAFault_StopsTheStartAndSaysWhy(string name, string value, string words)
    {
        var fault = await Record.ExceptionAsync(() => WebFixture.StartAsync(Setup(("Email", "dave@example.org"), (name, value))));

        Assert.NotNull(fault);
        Assert.Contains(words, fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task UnattendedSetup_WithBothPasswordForms_StopsTheStart()
    {
        var fault = await Record.ExceptionAsync(() => WebFixture.StartAsync(Setup(("Email", "dave@example.org"), ("Password", "open the pod bay doors"), ("PasswordFile", "x"))));

        Assert.Contains("set one of them", Assert.IsType<InvalidOperationException>(fault).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Setup(params (string Name, string Value)[] values) => values.ToDictionary(v => $"Hal9:Setup:{v.Name}", v => (string?)v.Value);

    private static string LinkOf(WebFixture host) => host.Log.Select(line => Link().Match(line)).Last(m => m.Success).Value;

    [GeneratedRegex(@"http://\S+/setup\?code=\S+")]
    private static partial Regex Link();
}
