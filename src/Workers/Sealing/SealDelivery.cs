using Microsoft.Extensions.Logging;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Sealing;

/// <summary>
/// Writes seals outside the database, as the settings say. The table remembers which were written; a crash before that writes one twice,
/// which harms nothing. What cannot be written now is written next time.
/// </summary>
internal sealed partial class SealDelivery(LogSeals seals, SealPost post, Settings settings, TimeProvider time, ILogger<SealDelivery> log)
{
    private const int LinesAtOnce = 500;

    // A URL that is slow must not keep the next round from sealing.
    private static readonly TimeSpan PostingAtMost = TimeSpan.FromSeconds(30);

    private bool _fileFails;
    private bool _urlFails;

    /// <summary>Writes what was not written yet.</summary>
    public async Task DeliverAsync(CancellationToken cancellation)
    {
        if (settings.Audit.SealFile is { } file) await FileAsync(file, cancellation);
        if (settings.Audit.SealUrl is not null) await PostAsync(cancellation);
    }

    private async Task FileAsync(string file, CancellationToken cancellation)
    {
        while (await seals.UndeliveredAsync(SealPlace.File, LinesAtOnce, cancellation) is { Count: > 0 } waiting)
        {
            try
            {
                SealFile.Append(file, waiting);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (!_fileFails) Log.CannotAppend(log, failure.Message, waiting.Count);
                _fileFails = true;
                return;
            }

            await seals.DeliveredAsync(SealPlace.File, waiting, time.GetUtcNow(), cancellation);
            _fileFails = false;
        }
    }

    private async Task PostAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (await seals.UndeliveredAsync(SealPlace.Url, LinesAtOnce, cancellation) is { Count: > 0 } waiting)
        {
            foreach (var seal in waiting)
            {
                try
                {
                    await post.SendAsync(seal, cancellation);
                }
                catch (HttpRequestException failure)
                {
                    if (!_urlFails) Log.CannotPost(log, seal.Seal, failure.Message);
                    _urlFails = true;
                    return;
                }

                await seals.DeliveredAsync(SealPlace.Url, [seal], time.GetUtcNow(), cancellation);
                _urlFails = false;
                if (time.GetElapsedTime(began) > PostingAtMost) return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Seals cannot be appended to AUDIT_SEAL_FILE: {Why}; {Seals} or more wait for it")]
        public static partial void CannotAppend(ILogger log, string why, int seals);

        [LoggerMessage(Level = LogLevel.Error, Message = "Seal {Seal} cannot be posted to AUDIT_SEAL_URL: {Why}; it and later ones wait")]
        public static partial void CannotPost(ILogger log, long seal, string why);
    }
}
