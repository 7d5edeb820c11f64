using Hal9.Engine.Runs;
using Hal9.Tests.Support;
using Hal9.Web.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Hal9.Tests.Web.Diagnostics;

public sealed class SettingSourcesTests
{
    [Fact]
    public void Value_HasTheSourceThatWins_AndADefaultWhereNobodySetIt()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Of("appsettings.json"), """{ "Hal9": { "Runs": { "EnvelopeUsd": 3, "EnvelopeSteps": 9 }, "Models": { "Fallbacks": [ "a/b" ] } }, "Other": "not ours" }""");
        var configuration = new ConfigurationBuilder().AddJsonFile(folder.Of("appsettings.json")).AddCommandLine(["--Hal9:Runs:EnvelopeSteps=10"]).Build();

        var settings = new SettingSources(configuration, [("Hal9:Runs", new RunsOptions { EnvelopeSteps = 10 })]).All().ToDictionary(setting => setting.Key);

        Assert.Equal(("3", SettingOrigin.File, "appsettings.json"), (settings["Hal9:Runs:EnvelopeUsd"].Value, settings["Hal9:Runs:EnvelopeUsd"].Origin, settings["Hal9:Runs:EnvelopeUsd"].Place));
        Assert.Equal(("10", SettingOrigin.CommandLine), (settings["Hal9:Runs:EnvelopeSteps"].Value, settings["Hal9:Runs:EnvelopeSteps"].Origin));
        Assert.Equal(("256", SettingOrigin.Default), (settings["Hal9:Runs:MaxConcurrent"].Value, settings["Hal9:Runs:MaxConcurrent"].Origin));
        Assert.Equal("a/b", settings["Hal9:Models:Fallbacks:0"].Value);
        Assert.DoesNotContain("Other", settings.Keys);
    }

    [Theory]
    [InlineData("Hal9:Models:Providers:openai:ApiKey")]
    [InlineData("Hal9:Models:Providers:openai:Something")]
    [InlineData("Hal9:Setup:Password")]
    [InlineData("Hal9:Setup:Email")]
    [InlineData("Hal9:Data:ConnectionString")]
    [InlineData("Hal9:Cluster:Redis")]
    [InlineData("Hal9:Telemetry:MetricsToken")]
    [InlineData("Hal9:Telemetry:OtlpHeaders")]
    [InlineData("Hal9:Runs:SigningKey")]
    [InlineData("Hal9:NotKnownYet:Anything")]
    [InlineData("Kestrel:Certificates:Default:Password")]
    public void Value_ThatIsNotKnownToBeHarmless_IsMasked(string key)
    {
        var sources = Of((key, "hunter22"));

        var setting = Assert.Single(sources.All());

        Assert.Equal((SettingSources.Mask, true), (setting.Value, setting.IsMasked));
        Assert.Equal(["hunter22"], sources.Secrets());
    }

    [Theory]
    [InlineData("Hal9:Models:Providers:openai:BaseUrl", "https://api.example/v1", "https://api.example/v1")]
    [InlineData("Hal9:Models:Providers:openai:BaseUrl", "https://me:hunter22@api.example/v1?key=hunter22", "https://…@api.example/v1?…")]
    [InlineData("Hal9:Runs:EnvelopeTokens", "5000", "5000")]
    [InlineData("Hal9:Models:Timeouts:FirstTokenSeconds", "60", "60")]
    [InlineData("Logging:LogLevel:Default", "Information", "Information")]
    public void Value_ThatIsHarmless_IsShown_WithoutWhatAnAddressCarries(string key, string value, string shown)
    {
        var setting = Assert.Single(Of((key, value)).All());

        Assert.Equal((Uri.UnescapeDataString(setting.Value).Replace(":443", "", StringComparison.Ordinal), false), (shown, setting.IsMasked));
    }

    [Fact]
    public void Address_OfAnyState_ReadsBackTheSame()
    {
        Assert.Equal(new SettingsQuery("runs", SettingOrigin.CommandLine), SettingsQuery.Parse(" runs ", "commandline"));
        Assert.Equal("/settings?q=runs&source=commandline", new SettingsQuery("runs", SettingOrigin.CommandLine).ToUrl());
        Assert.Equal(new SettingsQuery(), SettingsQuery.Parse("", "3"));
    }

    private static SettingSources Of(params (string Key, string Value)[] values) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build(), []);
}
