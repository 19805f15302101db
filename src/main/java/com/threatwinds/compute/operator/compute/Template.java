package com.threatwinds.compute.operator.compute;

import org.jspecify.annotations.Nullable;

/**
 * What an instance can be made of ({@code GET /templates}, the vendor's templates page). Absent and
 * empty fields are both null.
 *
 * @param id never null
 * @param diskSizeGb gigabytes; null when absent or not a number
 * @param region the default zone is {@code {region}-a}
 */
public record Template(
    String id,
    @Nullable String name,
    @Nullable String description,
    @Nullable String machineType,
    @Nullable Long diskSizeGb,
    @Nullable String diskType,
    @Nullable String image,
    @Nullable String region) {

  /** Where an instance goes when no zone is asked for; null if the region is not known. */
  public @Nullable String defaultZone() {
    return region == null ? null : region + "-a";
  }
}
