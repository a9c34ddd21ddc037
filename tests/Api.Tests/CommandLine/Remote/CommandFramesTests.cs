using System.Text;
using Scalelite.Api.AdminV1.Commands;
using Scalelite.Api.CommandLine.Remote;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Remote;

public sealed class CommandFramesTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_is_said_in_small_parts_goes_out_in_order_and_in_few_frames()
    {
        using var frames = new CommandFrames(1 << 20);
        for (var i = 0; i < 100; i++) frames.Out("a");
        frames.Error("b");
        frames.Out("c");
        frames.End(3);

        Assert.Equal(
            [new(Out: new string('a', 100)), new(Error: "b"), new(Out: "c"), new(Exit: 3)],
            await frames.TakeAsync(Long, CancellationToken.None));
        Assert.Empty(await frames.TakeAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None));
    }

    [Fact]
    public async Task A_command_that_is_faster_than_its_reader_waits_for_it()
    {
        const int Total = 20 << 20;
        using var frames = new CommandFrames(long.MaxValue);
        var saying = Task.Run(() =>
        {
            for (var said = 0; said < Total; said += 64 * 1024) frames.Out(new string('x', 64 * 1024));
            frames.End(0);
        });
        var taken = 0;
        for (var ended = false; !ended;)
        {
            var now = await frames.TakeAsync(Long, CancellationToken.None);
            Assert.InRange(now.Sum(frame => frame.Out?.Length ?? 0), 0, 2 << 20);
            taken += now.Sum(frame => frame.Out?.Length ?? 0);
            ended = now.Any(frame => frame.Exit is not null);
        }

        await saying;
        Assert.Equal(Total, taken);
    }

    [Fact]
    public async Task One_that_waits_goes_on_with_an_exception_when_its_reader_leaves()
    {
        using var frames = new CommandFrames(long.MaxValue);
        var saying = Task.Run(() =>
        {
            while (true) frames.Out(new string('x', 64 * 1024));
        });
        await frames.TakeAsync(Long, CancellationToken.None);
        frames.Close();
        await Assert.ThrowsAsync<OperationCanceledException>(() => saying);
        frames.End(1);
    }

    [Fact]
    public async Task What_is_too_much_is_cut_off_and_the_end_is_told_all_the_same()
    {
        using var frames = new CommandFrames(1000);
        frames.Out("abc");
        Assert.Throws<TooMuchSaidException>(() => frames.Out(new string('x', 1000)));
        frames.EndWithError("too much");
        frames.End(1);

        Assert.Equal([new(Out: "abc"), new(Error: "too much"), new(Exit: 1)], await frames.TakeAsync(Long, CancellationToken.None));
    }

    [Fact]
    public async Task A_file_goes_back_in_parts_and_no_file_of_this_machine_is_read()
    {
        using var frames = new CommandFrames(1 << 20);
        var files = new SentFiles(new Dictionary<string, string> { ["a.yml"] = "servers: {}" }, frames);
        await using (var file = files.Create("report.html"))
        {
            foreach (var part in new[] { "<html>", "ü", "</html>" }) await file.WriteAsync(Encoding.UTF8.GetBytes(part));
        }

        await using (files.Create("empty"))
        {
        }

        var taken = await frames.TakeAsync(Long, CancellationToken.None);
        Assert.Equal(["report.html", "report.html", "empty"], taken.Select(frame => frame.File));
        Assert.Equal("<html>ü</html>", Encoding.UTF8.GetString(taken[0].Data!));
        Assert.All(taken.Skip(1), frame => Assert.Null(frame.Data));
        Assert.Equal("servers: {}", await files.ReadAsync("a.yml", CancellationToken.None));
        await Assert.ThrowsAsync<FileNotFoundException>(() => files.ReadAsync("/etc/passwd", CancellationToken.None));
    }
}
