using System.CommandLine;
using System.Globalization;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Workers.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary><c>scalelite servers yaml</c>: the pool as <c>servers sync</c> takes it, secrets included.</summary>
internal static class YamlCommand
{
    public static Command Create()
    {
        var verbose = new Option<bool>("--verbose") { Description = "Also state, load, version and whether it is online, which 'servers sync' ignores" };
        return new Command("yaml", "Write the pool as YAML for 'servers sync', with the servers' secrets in clear") { verbose }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                var servers = await ServerRow.ListAsync(scope, cancellation);
                var secrets = (await scope.Get<SecretVault>().OpenAllAsync(NodeSecrets.Kind, cancellation))
                    .GroupBy(secret => secret.Owner, StringComparer.Ordinal)
                    .ToDictionary(owner => owner.Key, owner => owner.First().Value, StringComparer.Ordinal);
                Write(scope.Out, servers, secrets, scope.Get(verbose));
                return ExitCode.Done;
            });
    }

    private static void Write(TextWriter output, IReadOnlyList<ServerRow> servers, Dictionary<string, string> secrets, bool verbose)
    {
        var yaml = new Emitter(output);
        yaml.Emit(new StreamStart());
        yaml.Emit(new DocumentStart(null, null, isImplicit: false));
        yaml.Emit(new MappingStart());
        yaml.Emit(new Scalar("servers"));
        yaml.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, servers.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
        foreach (var server in servers)
        {
            Text(yaml, server.Id);
            yaml.Emit(new MappingStart());
            Entry(yaml, "url", server.Url);
            Entry(yaml, "secret", secrets.GetValueOrDefault(server.Id, ""));
            Plain(yaml, "load_multiplier", Number(server.LoadMultiplier));
            Entry(yaml, "tag", server.Tag ?? "");
            Plain(yaml, "enabled", server.State == AdministrativeState.Enabled ? "true" : "false");
            if (verbose)
            {
                Entry(yaml, "state", server.State.ToString().ToLowerInvariant());
                Plain(yaml, "load", Number(server.Load ?? -1));
                Entry(yaml, "bbb_version", server.BbbVersion ?? "");
                Plain(yaml, "online", server.Online == "online" ? "true" : "false");
            }

            yaml.Emit(new MappingEnd());
        }

        yaml.Emit(new MappingEnd());
        yaml.Emit(new MappingEnd());
        yaml.Emit(new DocumentEnd(isImplicit: true));
        yaml.Emit(new StreamEnd());
    }

    private static void Entry(Emitter yaml, string key, string value)
    {
        yaml.Emit(new Scalar(key));
        Text(yaml, value);
    }

    private static void Plain(Emitter yaml, string key, string value)
    {
        yaml.Emit(new Scalar(key));
        yaml.Emit(new Scalar(value));
    }

    /// <summary>A text that YAML would take for a number, a truth or nothing stands in quotes.</summary>
    private static void Text(Emitter yaml, string value) => yaml.Emit(new Scalar(
        AnchorName.Empty, TagName.Empty, value, IsPlain(value) ? ScalarStyle.Any : ScalarStyle.SingleQuoted, isPlainImplicit: true, isQuotedImplicit: true));

    private static bool IsPlain(string value) =>
        value.Length > 0
        && char.IsAsciiLetter(value[0])
        && value.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n");

    private static string Number(decimal number) => number.ToString("0.0###", CultureInfo.InvariantCulture);
}
