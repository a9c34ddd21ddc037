namespace Scalelite.Domain.Keeping;

/// <summary>The polls of one server on one day, a minute each, in <c>server-days-{server}</c>; its poll stream of that day is pruned with it.</summary>
/// <param name="Day">The day (UTC).</param>
/// <param name="Minutes">Those with a poll, in order.</param>
public sealed record ServerDayRolledUp(string ServerId, DateOnly Day, IReadOnlyList<ServerMinute> Minutes, DateTimeOffset At);

/// <summary>What the polls of one server that began in one minute showed.</summary>
/// <param name="Minute">Of the day, 0 to 1439.</param>
/// <param name="Polls">How many polls began in it, those that failed included.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Load">The largest load that a poll showed, before the multiplier; null where none says.</param>
/// <param name="Meetings">The most meetings that a poll showed.</param>
/// <param name="Users">The most users.</param>
/// <param name="Videos">The most videos.</param>
public sealed record ServerMinute(int Minute, int Polls, int Failed, long? Load, int Meetings, int Users, int Videos);

/// <summary>The joins of one stream of <see cref="Joins.JoinsRouted"/>, a minute each, in <c>join-days-{yyyyMMdd}</c>; that stream is pruned with it.</summary>
/// <param name="Stream">The stream that held them: one process, one hour.</param>
public sealed record JoinsRolledUp(string Stream, IReadOnlyList<JoinMinute> Minutes, DateTimeOffset At);

/// <summary>The joins of one meeting that were sent to one server in one minute.</summary>
/// <param name="Minute">The beginning (UTC) of the minute in which they were written.</param>
public sealed record JoinMinute(Guid Instance, string ServerId, DateTimeOffset Minute, int Joins);

/// <summary>A stream was deleted, as the settings say; told in the stream <c>log</c>, in the same transaction.</summary>
/// <param name="Events">How many events it had.</param>
/// <param name="FirstNumber">Of its first event in the log.</param>
/// <param name="RootHash">Merkle root over the leaves of its events in order of number, as the seals hold them: lower case hex.</param>
public sealed record StreamPruned(string Stream, long Events, long FirstNumber, long LastNumber, string RootHash, DateTimeOffset At);

/// <summary>Fields of stored events were overwritten with null; told in the stream <c>log</c>, in the same transaction. Who and why: its headers.</summary>
/// <param name="Subject">What was forgotten: <c>recording ID</c>, <c>meeting INSTANCE</c>, <c>tenant ID</c>.</param>
public sealed record DataForgotten(string Subject, IReadOnlyList<ForgottenEvent> Events, DateTimeOffset At);

/// <summary>An event whose data were overwritten.</summary>
/// <param name="Number">Its number in the log.</param>
/// <param name="Fields">What is null now: <c>Name</c>, <c>Recording.Metadata</c>, <c>Formats[].Thumbnails[].Alt</c>.</param>
/// <param name="Was">SHA-256 of its data as text before, lower case hex: what the seal holds.</param>
/// <param name="Is">SHA-256 of its data as text since.</param>
public sealed record ForgottenEvent(string Stream, long Number, IReadOnlyList<string> Fields, string Was, string Is);
