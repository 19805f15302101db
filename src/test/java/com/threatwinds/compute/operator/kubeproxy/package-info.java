/**
 * A proxy between one operator process and the API server: it keeps the record of what was asked,
 * committed and acknowledged, and breaks on purpose what a network or an API server may break.
 *
 * <p>{@link com.threatwinds.compute.operator.kubeproxy.ApiServerProxy} is the way in. Inside, from
 * the socket inwards: {@code Network} and its {@code Wire}s (connections that swallow or are cut),
 * {@code Exchange} (a request in its phases, and the faults), {@code Upstream} (the API server),
 * {@code Watch} (a stream of events). All of it runs on one event loop, so that nothing needs a
 * lock but what tests read. It depends on nothing of the operator.
 *
 * <p>Looked at before: Toxiproxy is a process of its own that knows only bytes, WireMock has no
 * WebSocket that goes through to another server, and MockServer and Vert.x HTTP Proxy relay one but
 * can't drop, double or swap an event, nor hold an answer after the commit.
 */
@NullMarked
package com.threatwinds.compute.operator.kubeproxy;

import org.jspecify.annotations.NullMarked;
