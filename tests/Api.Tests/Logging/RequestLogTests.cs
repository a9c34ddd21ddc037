using Microsoft.Extensions.Logging;
using Scalelite.Api.Logging;
using Xunit;

namespace Scalelite.Api.Tests.Logging;

public sealed class RequestLogTests
{
    [Fact]
    public void A_call_is_one_line_with_what_is_known_of_it()
    {
        var lines = new Lines();

        lines.Answered(new RequestLine("create", "SUCCESS", TimeSpan.FromMilliseconds(41.7), "request-1")
        {
            MeetingId = "room-1",
            InternalMeetingId = "abc-123",
            ServerId = "node-1",
        });

        Assert.Equal(["create SUCCESS 41 ms, meeting room-1 (abc-123), server node-1, tenant -, request request-1"], lines.Written);
    }

    [Fact]
    public void A_meeting_id_cannot_start_a_line_of_its_own()
    {
        var lines = new Lines();

        lines.Answered(new RequestLine("join", "notFound", TimeSpan.Zero, "r") { MeetingId = "room\r\n12:00 ERR forged" + new string('x', 1000) });

        Assert.DoesNotContain('\n', Assert.Single(lines.Written));
        Assert.True(lines.Written[0].Length < 400);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
