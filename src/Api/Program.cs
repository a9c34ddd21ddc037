return await Scalelite.Api.CommandLine.ScaleliteCommand.RunAsync(args, Console.Out, Console.Error);
