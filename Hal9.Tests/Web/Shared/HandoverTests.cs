using Hal9.Engine.Tenancy;
using Hal9.Web.Shared;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Shared;

public sealed class HandoverTests
{
    private static readonly Actor Somebody = new(Guid.CreateVersion7(), Guid.CreateVersion7(), Role.Analyst);
    private readonly FakeTimeProvider time = new();
    private readonly Handover handover;

    public HandoverTests() => handover = new Handover(time);

    [Fact]
    public void Handed_IsTakenOnce()
    {
        var token = handover.Leave(Somebody, "what was read");

        Assert.Equal("what was read", handover.Take<string>(token, Somebody));
        Assert.Null(handover.Take<string>(token, Somebody));
        Assert.Null(handover.Take<string>(null, Somebody));
    }

    [Fact]
    public void Handed_ToAnotherPersonRoleOrTenant_IsNotGiven()
    {
        Actor[] others = [Somebody with { UserId = Guid.CreateVersion7() }, Somebody with { TenantId = Guid.CreateVersion7() }, Somebody with { Role = Role.Member }];

        Assert.All(others, other => Assert.Null(handover.Take<string>(handover.Leave(Somebody, "what was read"), other)));
    }

    [Fact]
    public void Handed_TooLate_IsGone_AndMakesRoom()
    {
        var tokens = Enumerable.Range(0, Handover.Most).Select(_ => handover.Leave(Somebody, "old")).ToList();
        Assert.Null(handover.Leave(Somebody, "too many"));

        time.Advance(Handover.Keep + TimeSpan.FromMilliseconds(1));

        Assert.Null(handover.Take<string>(tokens[0], Somebody));
        Assert.NotNull(handover.Leave(Somebody, "new"));
    }
}
