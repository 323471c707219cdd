# One image with all programs; the command says which one runs.
#   docker build -t soukin .
#   docker run --rm soukin worker --help
ARG GO_VERSION=1.26
ARG ALPINE_VERSION=3.22

FROM golang:${GO_VERSION}-alpine AS build
# Git lets the build record the commit it was made from.
RUN apk add --no-cache git
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    git config --global --add safe.directory /src && mkdir /out && \
    CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/ ./worker ./gateway ./sandbox ./starter

FROM alpine:${ALPINE_VERSION}
# tzdata is for people who read logs inside; the programs carry what they need.
RUN apk add --no-cache ca-certificates tzdata && \
    adduser -D -H -u 10001 soukin && \
    install -d -o soukin -g soukin -m 0700 /var/lib/soukin
COPY --from=build /out/ /usr/local/bin/
USER soukin
ENV SOUKIN_HOME=/var/lib/soukin
VOLUME /var/lib/soukin
# The worker finishes running calls to the bank when it is told to stop.
STOPSIGNAL SIGTERM
CMD ["worker"]
