using Hal9.Web;
using Microsoft.Extensions.Configuration;

namespace Hal9.Tests.Web;

public sealed class KnownSettingsTests
{
    [Theory]
    [InlineData("Hal9:Modles:Tiers:Strong", "Hal9:Modles is not a known setting")]
    [InlineData("Hal9:Tools:Enabled", "Hal9:Tools is set, but this version does not have that part yet")]
    public void Check_OfAnUnknownOrUnbuiltSection_NamesIt(string key, string message)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new(key, "x")]).Build();

        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => KnownSettings.Check(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfWhatTheProductShips_Passes() =>
        KnownSettings.Check(new ConfigurationBuilder().AddJsonFile(Path.Combine(Support.Hal9Settings.RepositoryRoot, "appsettings.json")).Build());
}
