using Scalelite.Messaging.Handling;

namespace Scalelite.Messaging.Tests;

public sealed class HandlerConventionTests
{
    [Fact]
    public async Task Each_shape_of_a_handler_is_called_with_its_message()
    {
        var table = new HandlerTable([typeof(ShapesHandler)]);
        await using var services = new ServiceCollection().AddSingleton(new Desk("shapes")).BuildServiceProvider();
        await using var scope = new HandlerScope(null!);
        scope.Begin(services, null, null, CancellationToken.None);

        Assert.Null(await table.Find(typeof(ShapesHandler.A))!.RunAsync(new ShapesHandler.A(), scope));
        Assert.Null(await table.Find(typeof(ShapesHandler.B))!.RunAsync(new ShapesHandler.B(), scope));
        Assert.Single((await table.Find(typeof(ShapesHandler.C))!.RunAsync(new ShapesHandler.C(), scope))!);
        Assert.Single((await table.Find(typeof(ShapesHandler.D))!.RunAsync(new ShapesHandler.D(), scope))!);
        Assert.Equal(["A", "B"], services.GetRequiredService<Desk>().Notes.Select(note => note.Key));
        Assert.False(scope.HasSession);
    }

    [Fact]
    public void A_message_has_one_handler()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new HandlerTable([typeof(NoteHandler), typeof(SecondHandler)]));

        Assert.Contains("several handlers", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(ReturnsNumberHandler), "must return")]
    [InlineData(typeof(TakesNothingHandler), "must be a message")]
    [InlineData(typeof(TakesTextHandler), "must be a message")]
    public void A_method_that_cannot_be_a_handler_stops_the_start(Type handler, string error)
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new HandlerTable([handler]));

        Assert.Contains(error, failure.Message, StringComparison.Ordinal);
        Assert.Contains(handler.Name, failure.Message, StringComparison.Ordinal);
    }

    internal sealed class ShapesHandler(Desk desk)
    {
        public sealed record A;

        public sealed record B;

        public sealed record C;

        public sealed record D;

        public void Handle(A _) => desk.Write("A");

        public async Task HandleAsync(B _, CancellationToken cancellation)
        {
            await Task.Delay(1, cancellation);
            desk.Write("B");
        }

        public static OutgoingMessages Handle(C c) => [c];

        public static async Task<OutgoingMessages> HandleAsync(D d)
        {
            await Task.Yield();
            return [d];
        }
    }

    internal static class SecondHandler
    {
        public static void Handle(Note note) => _ = note;
    }

    internal static class ReturnsNumberHandler
    {
        public static int Handle(Note note) => note.Key.Length;
    }

    internal static class TakesNothingHandler
    {
        public static void Handle()
        {
        }
    }

    internal static class TakesTextHandler
    {
        public static void Handle(string text) => _ = text;
    }
}
