using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Imbalance;
using Scalelite.Domain.Imbalance;
using Scalelite.EventLog;
using Scalelite.Projections;
using Scalelite.Projections.Rebuild;
using Scalelite.Simulator;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Demo;

/// <summary>Runs school days against a pool, and looks after each whether log and read models are whole.</summary>
internal sealed class DemoRun
{
    private static readonly TimeSpan BetweenActs = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenDays = TimeSpan.FromSeconds(10);

    private readonly DemoPool _pool;
    private readonly DemoNarrator _narrator;
    private readonly EventLines _lines;
    private readonly Story _story;

    /// <summary>A run that tells its story to <paramref name="narrator"/>.</summary>
    public DemoRun(DemoPool pool, DemoNarrator narrator)
    {
        (_pool, _narrator) = (pool, narrator);
        _lines = new EventLines(pool.Nodes);
        _story = new Story(pool.Services.GetRequiredService<EventLogReader>(), pool.Services.GetRequiredService<Func<EventRow, IEvent>>(), _lines, narrator);
    }

    /// <summary>One day, or day after day until cancelled.</summary>
    /// <returns>An <see cref="ExitCode"/>: <see cref="ExitCode.Refused"/> if anything did not go as told.</returns>
    /// <exception cref="OperationCanceledException">The one day was broken off.</exception>
    public async Task<int> RunAsync(bool once, CancellationToken cancellation)
    {
        Introduce();
        using var followed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var following = _story.FollowAsync(followed.Token);
        try
        {
            return await RunDaysAsync(once, cancellation);
        }
        finally
        {
            await followed.CancelAsync();
            await following;
        }
    }

    private async Task<int> RunDaysAsync(bool once, CancellationToken cancellation)
    {
        await using var mailbox = await SchoolMailbox.StartAsync(_pool.Secret, cancellation);
        using var lms = new SchoolClient(_pool.Origin, _pool.Secret, mailbox.Url);
        var recordings = new SchoolRecordings(_pool, _story, _narrator, lms, mailbox);
        var servers = new Dictionary<SimulatedNode, string>();
        var code = ExitCode.Done;
        try
        {
            for (var day = 0; ; day++)
            {
                if (!await RunDayAsync(day, servers, lms, recordings, once ? TimeSpan.Zero : BetweenActs, cancellation)) code = ExitCode.Refused;
                if (once) return code;
                await Task.Delay(BetweenDays, cancellation);
            }
        }
        catch (OperationCanceledException) when (!once && cancellation.IsCancellationRequested)
        {
            return code;
        }
    }

    private async Task<bool> RunDayAsync(
        int day, Dictionary<SimulatedNode, string> servers, SchoolClient lms, SchoolRecordings recordings, TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            _story.BeginDay();
            var began = _pool.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            foreach (var node in _pool.Nodes)
            {
                if (!servers.ContainsKey(node)) servers[node] = await _pool.RegisterAsync(node, cancellation);
            }

            await new SchoolDay(_pool, servers, _story, _lines, _narrator, lms, recordings, pause).RunAsync(day, cancellation);
            await LookBackAsync(began, cancellation);
            return true;
        }
        catch (UnmetExpectationException unmet)
        {
            _narrator.Unmet(unmet.Message);
        }
#pragma warning disable CA1031 // Whatever it was, the day did not go as told.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _narrator.Unmet($"the day goes on; {failure.GetType().Name}: {failure.Message}");
        }

        return false;
    }

    private void Introduce()
    {
        _narrator.Title("A pool of BigBlueButton nodes behind one load balancer");
        _narrator.Note($"URL      {new Uri(_pool.Origin, "/bigbluebutton/")}");
        _narrator.Note($"Secret   {_pool.Secret}");
        _narrator.Note("An LMS that is given these has its meetings in this pool; nodes with such meetings are neither drained nor killed.");
        _narrator.Note("Every line with a time is an event of the log, as of its safe head, or what a node says of itself. Ctrl+C ends the demo.");
    }

    /// <summary>Whether every event that was told is still in the log, and whether each read model is what the log says.</summary>
    private async Task LookBackAsync(DateTimeOffset began, CancellationToken cancellation)
    {
        _narrator.Title("The day is over: log and read models are compared");
        var (told, found) = await _story.ReadAgainAsync(cancellation);
        if (told != found) throw new UnmetExpectationException($"the log has the {told} events of the day; it has {found}");
        _narrator.Met($"the log has the {told} events of the day");

        var rebuild = new ReadModelRebuild(
            _pool.Database, _pool.Services.GetRequiredService<IDocumentStore>(), _pool.Services.GetRequiredService<Func<EventRow, IEvent>>());
        var verified = await Task.WhenAll(ReadModels.All.Select(model => rebuild.VerifyAsync(model, cancellation: cancellation)));
        foreach (var (model, differences) in ReadModels.All.Zip(verified))
        {
            if (differences.Count > 0) throw new UnmetExpectationException($"read model {model.Name} is what its events say; {differences[0]}");
            _narrator.Met($"read model {model.Name} is what its events say");
        }

        _story.RefuseOutOfTurn();
        await TellBalanceAsync(began, cancellation);
    }

    /// <summary>The day in one line, by what <c>scalelite imbalance</c> measures.</summary>
    private async Task TellBalanceAsync(DateTimeOffset began, CancellationToken cancellation)
    {
        var range = new ImbalanceRange(began, _pool.Services.GetRequiredService<TimeProvider>().GetUtcNow(), TimeSpan.FromSeconds(1));
        var measured = await _pool.Services.GetRequiredService<ImbalanceHistory>().MeasureAsync(
            new ImbalanceQuestion(range, Tag: null, Moments: 0, Grid: false), _pool.Services.GetRequiredService<Settings>().Placement.MinimumUsers, cancellation);
        var overall = measured.Report.Overall;
        var load = overall.MaxToMean is { } ratio ? $"the busiest server had {MeasureLines.Ratio(ratio)} times the mean load; " : "";
        _narrator.Note(
            $"By 'scalelite imbalance', {load}of {MeasureLines.Number(overall.Placements)} placements at most {MeasureLines.Number(overall.LongestRun)} in a row went to one server.");
    }
}
