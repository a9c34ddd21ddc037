using System.Globalization;
using Scalelite.Domain.Placement;

namespace Scalelite.Domain.Servers;

/// <summary>
/// A node of the pool (stream <c>server-{id}</c>). Its administrative state is the operator's will, its health is what polls
/// and calls show: two things, neither of which changes the other. Its events are in ServerEvents.cs.
/// </summary>
public sealed partial record Server(
    string ServerId,
    string Url,
    string SecretFingerprint,
    decimal Multiplier,
    string? Tag,
    AdministrativeState State = AdministrativeState.Disabled,
    Health Health = Health.Offline,
    string? Version = null,
    bool Removed = false,
    int? Capacity = null,
    bool PassesEndCallbacks = false)
{
    private const int MostCapacity = 1_000_000;

    // Far more than anybody needs, and few enough that no load times it leaves what a decimal holds.
    private const decimal MostMultiplier = 1_000_000;

    /// <summary>It may be given new meetings.</summary>
    public bool TakesMeetings => State == AdministrativeState.Enabled && Health == Health.Online && !Removed;

    public static Server Create(ServerRegistered e) => new(e.ServerId, e.Url, e.SecretFingerprint, e.LoadMultiplier, e.Tag);

    /// <summary>A server that was removed comes back under its id, which is its host name.</summary>
    public Server Apply(ServerRegistered e) => Create(e) with { Version = Version };

    public Server Apply(ServerEnabled _) => this with { State = AdministrativeState.Enabled, PassesEndCallbacks = false };

    public Server Apply(ServerCordoned _) => this with { State = AdministrativeState.Cordoned };

    public Server Apply(ServerDrained _) => this with { State = AdministrativeState.Disabled };

    public Server Apply(ServerDisabled _) => this with { State = AdministrativeState.Disabled };

    public Server Apply(ServerPanicked e) => e.KeepState ? this : this with { State = AdministrativeState.Disabled };

    public Server Apply(ServerRemoved _) => this with { State = AdministrativeState.Disabled, Removed = true };

    public Server Apply(ServerUrlChanged e) => this with { Url = e.Url };

    public Server Apply(ServerTagged e) => this with { Tag = e.Tag };

    public Server Apply(LoadMultiplierChanged e) => this with { Multiplier = e.LoadMultiplier };

    public Server Apply(ServerCapacityChanged e) => this with { Capacity = e.Users };

    public Server Apply(SecretRotated e) => this with { SecretFingerprint = e.SecretFingerprint };

    public Server Apply(ServerSuspected _) => this with { Health = Health.Suspect };

    public Server Apply(ServerWentOffline _) => this with { Health = Health.Offline };

    public Server Apply(ServerCameOnline _) => this with { Health = Health.Online };

    public Server Apply(ServerVersionSeen e) => this with { Version = e.Version };

    public Server Apply(ServerEndCallbacksPassed _) => this with { PassesEndCallbacks = true };

    /// <summary>Adds a server, disabled. Its id is a UUID or a host name (<see cref="ServerAddress.HostOf"/>).</summary>
    /// <param name="url">The node's API base; a slash at its end is dropped.</param>
    /// <param name="tag">Null or blank: untagged.</param>
    public static Decision Register(string serverId, string url, string secretFingerprint, decimal multiplier, string? tag, DateTimeOffset at) =>
        !ServerAddress.IsId(serverId) ? Decision.Refuse($"'{serverId}' is not a server id: letters, digits, '.', '-' and '_' only")
        : ServerAddress.Normalize(url) is not { } address ? Decision.Refuse($"'{url}' is not a URL that starts with http:// or https://")
        : (WrongMultiplier(multiplier) ?? WrongTag(Blank(tag))) is { } wrong ? Decision.Refuse(wrong)
        : Decision.Of(new ServerRegistered(serverId, address, secretFingerprint, multiplier, Blank(tag), at));

    /// <summary>Lets it take meetings, once it is online.</summary>
    public Decision Enable(DateTimeOffset at) => When(State != AdministrativeState.Enabled, new ServerEnabled(ServerId, at));

    /// <summary>Begins to drain it.</summary>
    public Decision Cordon(DateTimeOffset at) => When(State != AdministrativeState.Cordoned, new ServerCordoned(ServerId, at));

    /// <summary>Disables it; its meetings are not joined any more.</summary>
    public Decision Disable(DateTimeOffset at) => When(State != AdministrativeState.Disabled, new ServerDisabled(ServerId, at));

    /// <summary>Disables it because it was cordoned and its last meeting is gone; else nothing.</summary>
    public Decision Drain(DateTimeOffset at) => When(State == AdministrativeState.Cordoned, new ServerDrained(ServerId, at));

    /// <summary>Gives its meetings up, whatever the node says, and disables it unless its state is to be kept.</summary>
    public Decision Panic(bool keepState, int meetings, DateTimeOffset at) =>
        When(meetings > 0 || (!keepState && State != AdministrativeState.Disabled), new ServerPanicked(ServerId, keepState, meetings, at));

    /// <summary>Takes it out of the pool. With meetings on it only by force; they end with it.</summary>
    public Decision Remove(int meetings, bool force, DateTimeOffset at) =>
        Removed ? Decision.Nothing
        : meetings > 0 && !force ? Decision.Refuse($"Server {ServerId} has {meetings} meetings")
        : Decision.Of(new ServerRemoved(ServerId, at));

    /// <summary>Its node is at another URL now.</summary>
    public Decision ChangeUrl(string url, DateTimeOffset at) => ServerAddress.Normalize(url) is not { } address
        ? Decision.Refuse($"'{url}' is not a URL that starts with http:// or https://")
        : When(address != Url, new ServerUrlChanged(ServerId, address, at));

    /// <summary>Changes its tag; null or blank takes it away.</summary>
    public Decision ChangeTag(string? tag, DateTimeOffset at) =>
        WrongTag(Blank(tag)) is { } wrong ? Decision.Refuse(wrong) : When(Blank(tag) != Tag, new ServerTagged(ServerId, Blank(tag), at));

    /// <summary>Changes how many times its load counts.</summary>
    public Decision ChangeMultiplier(decimal multiplier, DateTimeOffset at) =>
        WrongMultiplier(multiplier) is { } wrong
            ? Decision.Refuse(wrong)
            : When(multiplier != Multiplier, new LoadMultiplierChanged(ServerId, multiplier, at));

    /// <summary>Says how many users it is meant for; null takes that back.</summary>
    public Decision ChangeCapacity(int? users, DateTimeOffset at) =>
        users is < 1 or > MostCapacity
            ? Decision.Refuse($"A capacity is a number of users from 1 to {MostCapacity}, not {users}")
            : When(users != Capacity, new ServerCapacityChanged(ServerId, users, at));

    /// <summary>Gives it another secret, sealed elsewhere.</summary>
    public Decision RotateSecret(string fingerprint, DateTimeOffset at) =>
        When(fingerprint != SecretFingerprint, new SecretRotated(ServerId, fingerprint, at));

    /// <summary>A poll or a call failed; only a server that was online becomes suspect.</summary>
    public Decision Suspect(string reason, DateTimeOffset at) => Sees(Health == Health.Online, new ServerSuspected(ServerId, reason, at));

    /// <summary>Too many polls failed in a row.</summary>
    public Decision GoOffline(string reason, DateTimeOffset at) => Sees(Health != Health.Offline, new ServerWentOffline(ServerId, reason, at));

    /// <summary>Enough polls succeeded in a row.</summary>
    public Decision ComeOnline(DateTimeOffset at) => Sees(Health != Health.Online, new ServerCameOnline(ServerId, at));

    /// <summary>The node named its version of BigBlueButton.</summary>
    public Decision SeeVersion(string version, DateTimeOffset at) => Sees(version != Version, new ServerVersionSeen(ServerId, version, at));

    /// <summary>It does not call us when its meetings end: their clients' URLs are passed on to it.</summary>
    public Decision PassEndCallbacks(DateTimeOffset at) => Sees(!PassesEndCallbacks, new ServerEndCallbacksPassed(ServerId, at));

    private Decision When(bool changes, object @event) =>
        Removed ? Decision.Refuse($"Server {ServerId} was removed") : changes ? Decision.Of(@event) : Decision.Nothing;

    // What is seen of a server that was removed meanwhile is nobody's fault.
    private Decision Sees(bool changes, object @event) => changes && !Removed ? Decision.Of(@event) : Decision.Nothing;

    private static string? Blank(string? tag) => string.IsNullOrWhiteSpace(tag) ? null : tag.Trim();

    private static string? WrongMultiplier(decimal multiplier) =>
        multiplier is > 0 and <= MostMultiplier
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"A load multiplier is greater than 0 and at most {MostMultiplier}, not {multiplier}");

    private static string? WrongTag(string? tag) =>
        tag is null || TagRequest.IsServerTag(tag) ? null : $"'{tag}' cannot be a tag: 'none', ';' and a final '!' have a meaning in requests";
}
