using System.CommandLine;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite completion</c>: what a shell needs to complete our commands. It asks the program itself, so it is never out of date.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        # scalelite completion bash > /etc/bash_completion.d/scalelite
        _scalelite() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(scalelite "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _scalelite scalelite
        """;

    private const string Zsh =
        """
        #compdef scalelite
        # scalelite completion zsh > "${fpath[1]}/_scalelite"
        _scalelite() {
            local -a found
            found=("${(@f)$(scalelite "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a found
        }
        compdef _scalelite scalelite
        """;

    private const string Fish =
        """
        # scalelite completion fish > ~/.config/fish/completions/scalelite.fish
        complete -c scalelite -f -a '(scalelite "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal) { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Print what lets a shell complete these commands") { shell };
        command.SetAction(arguments =>
        {
            arguments.InvocationConfiguration.Output.WriteLine(Scripts[arguments.GetRequiredValue(shell)]);
            return ExitCode.Done;
        });
        return command;
    }
}
