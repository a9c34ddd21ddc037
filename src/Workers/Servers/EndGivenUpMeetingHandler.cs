using Microsoft.Extensions.Logging;

namespace Scalelite.Workers.Servers;

/// <summary>Asks the node once; a node that does not answer is why its meetings were given up.</summary>
public static partial class EndGivenUpMeetingHandler
{
    /// <summary>Handles the message.</summary>
    public static async Task Handle(EndGivenUpMeeting message, NodeEnds nodes, ILogger<NodeEnds> logger, CancellationToken cancellation)
    {
        var end = await nodes.EndAsync(message.ServerId, message.Url, message.Instance, message.MeetingId, cancellation);
        if (end.IsOver) Log.Ended(logger, message.Instance, message.ServerId);
        else Log.NotEnded(logger, message.Instance, message.ServerId, end.Said);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Meeting {Instance}, given up with server {ServerId}, is over on its node")]
        public static partial void Ended(ILogger logger, Guid instance, string serverId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Meeting {Instance}, given up with server {ServerId}, may go on on its node: {Said}")]
        public static partial void NotEnded(ILogger logger, Guid instance, string serverId, string said);
    }
}
