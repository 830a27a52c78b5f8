# syntax=docker/dockerfile:1
# All services. `docker build --build-arg SERVICE=gateway .` makes the image of one of them: gateway, requests, expiry or
# notifications. Everything up to `packages` is the same for all four and is done once.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# The manifests alone, so that the packages are installed anew when one of those changes, not with every line of source.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /workspace
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

# Types are not checked here: that is what CI is for. So the packages for development are not needed, and what the image
# runs is compiled as `npm start` compiles it.
#
# Not `npm ci`: it refuses a package-lock.json without the builds of Nx and SWC for every platform there is, and ours has
# those of the platforms that this project is worked on with. `npm install` follows the file all the same, versions and
# checksums, and with --no-save leaves it alone. What is optional stays here: what builds the web app is there for each
# platform. It stays out of the image, and with it the Node that the workspace pins for people: the image has its own.
FROM ${NODE_IMAGE} AS build
WORKDIR /workspace
COPY --from=manifests /workspace .
RUN --mount=type=cache,target=/root/.npm \
  npm install --no-save --ignore-scripts --omit=dev
COPY . .
RUN node_modules/.bin/tsc -b --noCheck apps/gateway apps/requests apps/expiry apps/notifications \
  && node_modules/.bin/vite build apps/web

# One service: the packages it needs at run time, and of this workspace itself and what it depends on.
FROM ${NODE_IMAGE} AS packages
ARG SERVICE
WORKDIR /workspace
COPY --from=manifests /workspace .
RUN --mount=type=cache,target=/root/.npm \
  npm install --no-save --ignore-scripts --omit=dev --omit=optional --workspace="apps/${SERVICE:?is not set: gateway, requests, expiry or notifications}"
COPY docker/assemble.mjs docker/
RUN --mount=type=bind,from=build,source=/workspace,target=/built \
  node docker/assemble.mjs "${SERVICE}" /built /app

FROM ${NODE_IMAGE} AS node

# glibc, libstdc++ and the certificates of authorities: no shell, no package manager, no npm. Node is the very one that the
# service was built with. Debian 12 in both, so that its libraries fit. User 65532 is this image's own `nonroot`; a number,
# because Kubernetes cannot tell of a name that it is not root.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG SERVICE
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=packages /app /app
# Nothing is written: the root file system may be read-only, and there is no compile cache to keep.
ENV NODE_ENV=production NODE_DISABLE_COMPILE_CACHE=1
WORKDIR /app/apps/${SERVICE}
USER 65532:65532
# Node is process 1: the signals that stop a container reach the service. `docker run IMAGE dist/commands/NAME.js` runs a
# command of the service instead. Health checks are left to who runs it, for they differ: GET /livez and /readyz.
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["dist/main.js"]
