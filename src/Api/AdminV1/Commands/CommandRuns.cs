using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.AdminV1.Commands;

/// <summary>
/// Runs commands for those who sit elsewhere, in this process, a few at a time. A command is cancelled when whoever ordered it leaves, when the
/// process is told to stop, and when it takes too long; as with Ctrl+C, what it did until then is done.
/// </summary>
internal sealed partial class CommandRuns(IServiceProvider instance, IHostApplicationLifetime life, CommandLimits limits, ILogger<CommandRuns> log) : IDisposable
{
    private static readonly ReadOnlyMemory<byte> NewLine = "\n"u8.ToArray();

    private static readonly IConfiguration NoSettings = new ConfigurationBuilder().Build();

    private readonly SemaphoreSlim _room = new(limits.AtOnce);

    /// <summary>The answer that runs the command while it is sent; 429 where too many run.</summary>
    /// <param name="name">For the log, which never sees arguments: they may hold secrets.</param>
    public ApiAnswer Begin(ParseResult parsed, string name, CommandOrder order, ChangedBy by)
    {
        if (!_room.Wait(0))
            return ApiAnswer.Fails(ProblemKind.TooMany, $"{limits.AtOnce} commands run here at this moment") with { RetryAfter = limits.TryAgainAfter };
        Log.Runs(log, name, by.Actor, by.Address, by.CorrelationId);
        return new ApiAnswer(StatusCodes.Status200OK)
        {
            Stream = new StreamedBody("application/x-ndjson", async (body, left) =>
            {
                try
                {
                    await SendAsync(body, parsed, name, order, by, left);
                }
                finally
                {
                    _room.Release();
                }
            }),
        };
    }

    public void Dispose() => _room.Dispose();

    private async Task SendAsync(Stream body, ParseResult parsed, string name, CommandOrder order, ChangedBy by, CancellationToken left)
    {
        using var frames = new CommandFrames(limits.MostSaid);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(left, life.ApplicationStopping);
        stop.CancelAfter(limits.Deadline);
        var running = Task.Run(() => RunAsync(parsed, name, order, by, frames, stop.Token), CancellationToken.None);
        try
        {
            // The exit code comes last, whatever happens to the command.
            for (var ended = false; !ended;)
            {
                var taken = await frames.TakeAsync(limits.SignOfLife, left);
                foreach (var frame in taken)
                {
                    await JsonSerializer.SerializeAsync(body, frame, V1Json.Options, left);
                    await body.WriteAsync(NewLine, left);
                    ended = frame.Exit is not null;
                }

                if (taken.Count == 0) await body.WriteAsync(NewLine, left);
                await body.FlushAsync(left);
            }
        }
        finally
        {
            frames.Close();
            await stop.CancelAsync();
            await running;
        }
    }

    private async Task RunAsync(ParseResult parsed, string name, CommandOrder order, ChangedBy by, CommandFrames frames, CancellationToken stop)
    {
        var code = ExitCode.Refused;
        try
        {
            await using var output = new FrameWriter(frames.Out, order.Width is { } width ? Math.Clamp(width, 20, 1000) : null);
            await using var error = new FrameWriter(frames.Error, null);
            using var input = new StringReader(order.Input ?? "");
            code = await ScaleliteCommand.RunHereAsync(
                parsed,
                new CommandInvocation(NoSettings)
                {
                    Output = output,
                    Error = error,
                    Input = input,
                    Files = new SentFiles(order.Files, frames),
                    Ask = order.Asks ? question => Answered(order, frames, question) : null,
                    By = by,
                    Instance = instance,
                    EnableDefaultExceptionHandler = false,
                    // Signals are this process's own.
                    ProcessTerminationTimeout = null,
                },
                stop);
        }
#pragma warning disable CA1031 // Whoever ordered it gets a line whatever happens; what happened is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Explain(e, name, by, frames);
        }

        frames.End(code);
    }

    private void Explain(Exception e, string name, ChangedBy by, CommandFrames frames)
    {
        var line = e is TooMuchSaidException ? e.Message : OperatorError.Explain(e);
        if (line is null) Log.Failed(log, name, by.CorrelationId, e);
        frames.EndWithError((line ?? $"'{name}' failed. The log of the instance says more, under the request {by.CorrelationId}") + '\n');
    }

    private static bool Answered(CommandOrder order, CommandFrames frames, string question)
    {
        if (order.Confirmed?.Contains(question) == true) return true;
        frames.Add(new CommandFrame(Ask: question));
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Actor} at {Address} runs '{Command}', request {CorrelationId}")]
        public static partial void Runs(ILogger logger, string command, string actor, string? address, string? correlationId);

        [LoggerMessage(Level = LogLevel.Error, Message = "'{Command}' failed, request {CorrelationId}")]
        public static partial void Failed(ILogger logger, string command, string? correlationId, Exception failure);
    }
}

/// <summary>What commands of others may take of this process.</summary>
internal sealed record CommandLimits
{
    /// <summary>So many run at once.</summary>
    public int AtOnce { get; init; } = 4;

    /// <summary>One runs no longer.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>One says no more, in bytes as they are in memory.</summary>
    public long MostSaid { get; init; } = 256 << 20;

    /// <summary>While one says nothing, a line without anything is sent so often.</summary>
    public TimeSpan SignOfLife { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where no room is.</summary>
    public TimeSpan TryAgainAfter { get; init; } = TimeSpan.FromSeconds(5);
}
