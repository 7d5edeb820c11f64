using Hal9.Cli;

namespace Hal9.Tests.Cli;

public sealed class InterruptsTests
{
    [Fact]
    public void CtrlC_EndsTheInnermostFirst_ThenWhatIsAround_ThenTheProcess()
    {
        var keyboard = new Interrupts();
        using var tool = keyboard.Begin(TestContext.Current.CancellationToken);
        using var answer = keyboard.Begin(tool.Token);

        Assert.True(keyboard.Raise());
        Assert.Equal((true, false), (answer.Token.IsCancellationRequested, tool.Token.IsCancellationRequested));
        Assert.True(keyboard.Raise());
        Assert.True(tool.Token.IsCancellationRequested);
        Assert.False(keyboard.Raise());
    }

    [Fact]
    public void CtrlC_AfterAnAnswer_IsNotTheAnswersAnyMore()
    {
        var keyboard = new Interrupts();
        using var tool = keyboard.Begin(TestContext.Current.CancellationToken);
        var answer = keyboard.Begin(tool.Token);
        answer.Dispose();

        keyboard.Raise();

        Assert.False(answer.WasInterrupted);
        Assert.True(tool.WasInterrupted);
    }
}
