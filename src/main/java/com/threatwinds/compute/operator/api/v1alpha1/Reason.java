package com.threatwinds.compute.operator.api.v1alpha1;

/** Why a condition is as it is: the closed vocabulary of status and events. */
public enum Reason {
  RUNNING("Running"),
  STOPPED("Stopped"),
  SUSPENDED("Suspended"),

  CREATING("Creating"),
  PROVISIONING("Provisioning"),
  STARTING("Starting"),
  STOPPING("Stopping"),
  RESTARTING("Restarting"),
  RESETTING("Resetting"),
  DELETING("Deleting"),
  CONFIRMING_CREATE("ConfirmingCreate"),
  RATE_LIMITED("RateLimited"),
  QUOTA_EXCEEDED("QuotaExceeded"),
  API_UNAVAILABLE("ApiUnavailable"),

  PAUSED("Paused"),

  TEMPLATE_NOT_FOUND("TemplateNotFound"),
  ZONE_NOT_AVAILABLE("ZoneNotAvailable"),
  TEMPLATE_MISMATCH("TemplateMismatch"),
  INVALID_SPEC("InvalidSpec"),
  IMMUTABLE_FIELD_CHANGED("ImmutableFieldChanged"),
  AUTHENTICATION_FAILED("AuthenticationFailed"),
  ACCOUNT_MISMATCH("AccountMismatch"),
  INSTANCE_NOT_FOUND("InstanceNotFound"),
  INSTANCE_CLAIMED("InstanceClaimed"),
  TAKEOVER_NOT_ALLOWED("TakeoverNotAllowed"),
  CREATE_OUTCOME_UNKNOWN("CreateOutcomeUnknown"),
  REQUEST_REJECTED("RequestRejected");

  private final String word;

  Reason(String word) {
    this.word = word;
  }

  /** The word in a condition. */
  @Override
  public String toString() {
    return word;
  }
}
