using Scalelite.EventStore.Types;
using Xunit;

namespace Scalelite.EventStore.Tests;

public sealed class EventTypeTests
{
    [Theory]
    [InlineData(typeof(Opened), "opened")]
    [InlineData(typeof(ServerCameOnline), "server_came_online")]
    [InlineData(typeof(URLSeen), "url_seen")]
    [InlineData(typeof(Seen2), "seen_2")]
    public void A_type_is_stored_in_snake_case(Type type, string name) => Assert.Equal(name, EventTypeName.Of(type));

    [Fact]
    public void Two_classes_of_one_name_are_refused() =>
        Assert.Throws<ArgumentException>(() => new EventTypes([typeof(Opened), typeof(Elsewhere.Opened)]));

    private sealed record ServerCameOnline;

    private sealed record URLSeen;

    private sealed record Seen2;

    private static class Elsewhere
    {
        public sealed record Opened;
    }
}
