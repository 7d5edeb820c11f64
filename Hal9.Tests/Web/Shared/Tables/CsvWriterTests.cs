using System.Text;
using CsCheck;
using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Tests.Support;
using Hal9.Web.Shared.Tables;

namespace Hal9.Tests.Web.Shared.Tables;

public sealed class CsvWriterTests
{
    [Theory]
    [InlineData("=1+2", "'=1+2")]
    [InlineData("+49 30", "'+49 30")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("  =1+2", "'  =1+2")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a, b", "\"a, b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void Text_IsQuoted_AndIsNoFormula(string text, string cell) => Assert.Equal(cell, CsvWriter.Cell(text));

    [Fact]
    public void Values_AreInvariant_WhateverTheReadersCulture() => Assert.Equal(
        ["-0.00042", "1234.5", "2026-11-22T21:00:00.250Z", "Running", "-3"],
        Speech.In("de", () => new object[] { new Usd(-420_000), 1234.5, new DateTimeOffset(2026, 11, 22, 22, 0, 0, 250, TimeSpan.FromHours(1)), RunStatus.Running, -3 }.Select(CsvWriter.Cell).ToList()));

    [Fact]
    public async Task Rows_ReadBackTheSame()
    {
        await Gen.String[Gen.Char["ab,\"\r\n ='é"], 0, 12].Select(text => "x" + text).Array[1, 5].Array[1, 20].SampleAsync(async rows =>
        {
            using var stream = new MemoryStream();
            var csv = new CsvWriter(stream);
            foreach (var row in rows)
            {
                await csv.WriteAsync(row, TestContext.Current.CancellationToken);
            }
            await csv.FlushAsync(TestContext.Current.CancellationToken);

            Assert.Equal(rows.Select(row => row.ToList()).ToList(), Read(Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\ufeff')));
        });
    }

    // RFC 4180, by hand and independent of the writer.
    private static List<List<string>> Read(string csv)
    {
        var (rows, row, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < csv.Length; i++)
        {
            var c = csv[i];
            if (quoted)
            {
                if (c == '"' && i + 1 < csv.Length && csv[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else if (c == '"')
                {
                    quoted = false;
                }
                else
                {
                    cell.Append(c);
                }
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c is ',' or '\r')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (c == '\r')
                {
                    rows.Add(row);
                    row = [];
                    i++;
                }
            }
            else
            {
                cell.Append(c);
            }
        }
        return rows;
    }
}
