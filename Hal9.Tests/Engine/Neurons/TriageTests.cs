using Hal9.Engine.Events;
using Hal9.Engine.Neurons;

namespace Hal9.Tests.Engine.Neurons;

public sealed class TriageTests
{
    private static readonly Hierarchy Default = new(HierarchyTemplate.Make(Guid.CreateVersion7(), DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("What is the capital of France?", RunMode.Quick, "generalist")]
    [InlineData("Write a SQL query that counts users", RunMode.Quick, "engineer")]
    [InlineData("Compare these two offers", RunMode.Standard, "analyst")]
    [InlineData("Design an API for notes", RunMode.Standard, "architect")]
    [InlineData("Plan our migration to the cloud:\n- inventory\n- risks\n- order\n- budget\n- people", RunMode.Deep, "strategist")]
    public void Choose_Auto_FollowsTheSigns(string goal, RunMode mode, string entry)
    {
        var choice = Triage.Choose(RunMode.Auto, goal, Default);

        Assert.Equal((mode, entry), (choice.Mode, choice.Entry.Name));
        Assert.NotEmpty(choice.Reasons);
    }

    [Theory]
    [InlineData(RunMode.Quick, Layer.L2)]
    [InlineData(RunMode.Standard, Layer.L3)]
    [InlineData(RunMode.Deep, Layer.L4)]
    public void Choose_WhatTheCallerAsksFor_Wins(RunMode asked, Layer entry) => Assert.Equal(entry, Triage.Choose(asked, "Hi", Default).Entry.Layer);

    [Fact]
    public void DelegatesOf_ANeuronNotDirectlyBelow_IsLeftOut()
    {
        var neurons = HierarchyTemplate.Make(Guid.CreateVersion7(), DateTimeOffset.UnixEpoch).ToList();
        var strategist = neurons.Single(n => n.Layer == Layer.L4);
        strategist.Delegates = """["analyst", "engineer", "strategist", "nobody"]""";

        var hierarchy = new Hierarchy(neurons);

        Assert.Equal(["analyst"], hierarchy.DelegatesOf(strategist).Select(n => n.Name));
    }

    [Fact]
    public void Default_IsOneTwoFour()
    {
        var perLayer = Default.Neurons.CountBy(n => n.Layer).ToDictionary();

        Assert.Equal(1, perLayer[Layer.L4]);
        Assert.Equal(2, perLayer[Layer.L3]);
        Assert.Equal(4, perLayer[Layer.L2]);
        Assert.All(Default.Neurons.Where(n => n.Layer != Layer.L2), n => Assert.NotEmpty(Default.DelegatesOf(n)));
    }
}
