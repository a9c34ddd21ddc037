using Npgsql;
using Scalelite.EventLog.Sealing;
using Scalelite.EventLog.Sealing.Verifying;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Sealing;

/// <summary>The verification of the log with the keys and the copy that the settings name.</summary>
public sealed class LogAudit(NpgsqlDataSource database, Settings settings)
{
    private IReadOnlyList<SealKey>? _keys;

    /// <summary>SECRET_KEY_BASE's key, then those of AUDIT_KEYS.</summary>
    public IReadOnlyList<SealKey> Keys =>
        _keys ??= [new SealKey(settings.Security.SecretKeyBase), .. settings.Audit.FormerKeyBases.Select(former => new SealKey(former))];

    /// <summary>The verification.</summary>
    public LogVerification Verification => new(database, Keys);

    /// <summary>The seals in AUDIT_SEAL_FILE; null where there is no such file on this machine.</summary>
    /// <exception cref="IOException">It cannot be read; or <see cref="UnauthorizedAccessException"/>.</exception>
    public async Task<OutsideSeals?> ReadSealFileAsync(CancellationToken cancellation)
    {
        if (settings.Audit.SealFile is not { } path || !File.Exists(path)) return null;
        var outside = new OutsideSeals();
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        await outside.ReadAsync(file, path, Keys, cancellation);
        return outside;
    }
}
