# One executable with its runtime on a Debian slim base. No libicu: the program is culture-invariant.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY . .
RUN dotnet publish src/Api -r "linux-$(echo "${TARGETARCH:-amd64}" | sed s/amd64/x64/)" -o /publish

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libssl3 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin scalelite \
    && install -d -o scalelite -g scalelite /var/bigbluebutton /var/bigbluebutton/spool /var/bigbluebutton/published /var/bigbluebutton/unpublished
COPY --from=build /publish /opt/scalelite
RUN ln -s /opt/scalelite/scalelite /usr/local/bin/scalelite
USER scalelite
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0
EXPOSE 3000
STOPSIGNAL SIGTERM
ENTRYPOINT ["scalelite"]
CMD ["serve"]
