package com.threatwinds.compute.operator.compute;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One instance as the API answered it ("Response Schema" of Create Instance in the API's
 * reference). Absent and empty fields are both null: the reference promises none of them but the
 * id.
 *
 * @param id never null; an answer without a usable id is no instance
 * @param name chosen by the server
 * @param zone where it runs
 * @param machineType the short form: {@code T} of {@code zones/Z/machineTypes/T}
 * @param externalIp null until running; may change over a stop and start
 * @param internalIp null until running
 * @param state what it is doing
 * @param stateText the API's own word for that, in upper case, at most 64 printable characters
 * @param templateId the template that it was made of
 * @param userId the account that owns it ({@code userId} or {@code userID})
 * @param createdAt by the API's clock; null too when it can't be read
 */
public record Instance(
    InstanceId id,
    @Nullable String name,
    @Nullable String zone,
    @Nullable String machineType,
    @Nullable String externalIp,
    @Nullable String internalIp,
    InstanceState state,
    @Nullable String stateText,
    @Nullable String templateId,
    @Nullable String userId,
    @Nullable Instant createdAt) {}
