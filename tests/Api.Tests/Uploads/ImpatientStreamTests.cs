using System.IO.Pipelines;
using Scalelite.Api.Uploads;
using Xunit;

namespace Scalelite.Api.Tests.Uploads;

public sealed class ImpatientStreamTests
{
    [Fact]
    public async Task A_body_may_take_its_time_but_not_fall_silent()
    {
        var pipe = new Pipe();
        await using var body = new ImpatientStream(pipe.Reader.AsStream(), TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var buffer = new byte[10];
        await pipe.Writer.WriteAsync(new byte[] { 1, 2, 3 });
        Assert.Equal(3, await body.ReadAsync(buffer));
        await Assert.ThrowsAsync<TimeoutException>(async () => Assert.Equal(0, await body.ReadAsync(buffer)));
    }

    [Fact]
    public async Task Who_gives_up_by_himself_is_not_told_of_a_silence()
    {
        var pipe = new Pipe();
        await using var body = new ImpatientStream(pipe.Reader.AsStream(), TimeSpan.FromMinutes(1), TimeProvider.System);
        using var gone = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var reading = body.ReadAsync(new byte[10], gone.Token);
            await gone.CancelAsync();
            Assert.Equal(0, await reading);
        });
    }
}
