using System.Text.Json;
using Hal9.Web.Api.OpenAi;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Web.Api;

public sealed class MessageReaderTests
{
    [Fact]
    public void Read_PartsWithImage_KeepsTextAndImage()
    {
        var message = Read("""
            {"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"low"}},
             {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}
            """);

        Assert.Equal("What is it?", Assert.IsType<TextContent>(message.Contents[0]).Text);
        var linked = Assert.IsType<UriContent>(message.Contents[1]);
        Assert.Equal("https://example.org/a.png", linked.Uri.ToString());
        Assert.Equal("low", linked.AdditionalProperties!["detail"]);
        Assert.Equal("image/png", Assert.IsType<DataContent>(message.Contents[2]).MediaType);
    }

    [Fact]
    public void Read_ToolCallAndItsResult_AreFunctionContents()
    {
        var call = Read("""{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}}]}""");
        var result = Read("""{"role":"tool","tool_call_id":"c1","content":"3"}""");

        var asked = Assert.IsType<FunctionCallContent>(Assert.Single(call.Contents));
        Assert.Equal(("c1", "add", "1"), (asked.CallId, asked.Name, asked.Arguments!["a"]!.ToString()));
        var got = Assert.IsType<FunctionResultContent>(Assert.Single(result.Contents));
        Assert.Equal(("c1", "3"), (got.CallId, got.Result));
    }

    [Fact]
    public void Read_ToolCallWithoutArguments_HasNoneRatherThanNull()
    {
        var call = Read("""{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"now","arguments":""}}]}""");

        Assert.Empty(Assert.IsType<FunctionCallContent>(Assert.Single(call.Contents)).Arguments!);
    }

    [Theory]
    [InlineData("""{"role":"robot","content":"x"}""", "messages[0].role")]
    [InlineData("""{"role":"user"}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":5}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":[{"type":"video"}]}""", "messages[0].content[0].type")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]}""", "messages[0].content[0].image_url.url")]
    [InlineData("""{"role":"tool","content":"x"}""", "messages[0].tool_call_id")]
    public void Read_WhatIsWrong_IsNamed(string json, string param) =>
        Assert.Equal(param, Assert.Throws<OpenAiError>(() => Read(json)).Body.Error.Param);

    private static ChatMessage Read(string json) => MessageReader.Read(JsonSerializer.Deserialize<ChatRequestMessage>(json, OpenAiJson.Options)!, 0);
}
