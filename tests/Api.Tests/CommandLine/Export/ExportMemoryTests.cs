using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Scalelite.Api.CommandLine.Export;
using Scalelite.Api.CommandLine.Export.Parquet;
using Scalelite.Projections.Analytics;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Export;

[Collection(Alone.Name)]
public sealed class ExportMemoryTests(ExportCommandTests.LongDay day) : IClassFixture<ExportCommandTests.LongDay>
{
    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public async Task However_many_rows_are_written_few_are_held(string format)
    {
        await using var host = await day.Commands.HostAsync();
        var export = new ViewExport(host.Services.GetRequiredService<NpgsqlDataSource>());
        await using var sink = new Sink();
        await using var text = new StreamWriter(sink);
        using var json = new JsonLinesWriter(text);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        IExportWriter writer = format switch { "csv" => new CsvWriter(text), "jsonl" => json, _ => new ParquetWriter(sink) };
        var view = AnalyticsSchema.Views.Single(view => view.Name == "server_minutes");
        Assert.Equal(ExportCommandTests.Minutes, await export.WriteAsync(view, null, null, writer, default));

        Assert.True(sink.Looks > 2, $"{sink.Looks} looks at {sink.Written} bytes");
        Assert.True(sink.MostMemory - before < 40 << 20, $"{(sink.MostMemory - before) >> 20} MiB were held of {sink.Written >> 20} MiB");
    }

    /// <summary>Takes everything and keeps nothing; looks at the memory in use now and then.</summary>
    private sealed class Sink : Stream
    {
        private const int FirstLook = 1 << 18;

        private long _nextLook = FirstLook;

        public long Written { get; private set; }

        public long MostMemory { get; private set; }

        public int Looks { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Add(count);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Add(count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Add(buffer.Length);
            return ValueTask.CompletedTask;
        }

        private void Add(int count)
        {
            if ((Written += count) < _nextLook) return;
            // The next after as much again, so that looking does not take longer than writing.
            _nextLook = Written * 2;
            Looks++;
            MostMemory = Math.Max(MostMemory, GC.GetTotalMemory(forceFullCollection: true));
        }
    }
}
