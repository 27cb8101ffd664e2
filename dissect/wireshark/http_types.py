"""The types of bodies that Wireshark hands to dissectors which are none of ours: it remarks that they failed."""

from __future__ import annotations

__all__ = ["READ_TYPES"]

READ_TYPES = frozenset(
    """
    application/3gpp-ims+xml application/atom+xml application/auth-policy+xml application/cbor application/cbor-seq
    application/ccmp+xml application/conference-info+xml application/cose application/cose-key
    application/cose-key-set application/cpim-pidf+xml application/cpl+xml application/dds-web+json
    application/dds-web+xml application/femtointerfacemsg application/grpc application/grpc+json
    application/grpc+proto application/grpc-web application/grpc-web+proto application/grpc-web-text
    application/grpc-web-text+proto application/im-iscomposing+xml application/ipp application/isup application/json
    application/json-patch+json application/json-rpc application/jsonrequest application/load-control+xml
    application/mathml+xml application/media_control+xml application/merge-patch+json application/mikey
    application/ms-tnef application/note+xml application/ocsp-request application/ocsp-response
    application/oma-supl-ilp application/oma-supl-ulp application/pidf+xml application/pidf-diff+xml
    application/pkcs10 application/pkcs7-mime application/pkcs7-signature application/pkix-cert application/pkix-crl
    application/pkixcmp application/pkixcmp-poll application/poc-settings+xml application/problem+json
    application/qsig application/rdf+xml application/reginfo+xml application/resource-lists+xml application/rlmi+xml
    application/rls-services+xml application/rs-metadata+xml application/rss+xml application/sdp
    application/senml+cbor application/senml+json application/sensml+cbor application/sensml+json
    application/simple-filter+xml application/simple-message-summary+xml application/simservs+xml application/smil
    application/soap+xml application/timestamp-query application/timestamp-reply application/upp-directory+xml
    application/vnc.3gpp.iut-config+xml application/vnd.ms-sync application/vnd.ms-sync.wbxml
    application/vnd.wap.coc application/vnd.wap.connectivity-wbxml application/vnd.wap.locc+wbxml
    application/vnd.wap.mms-message application/vnd.wap.sia application/vnd.wap.sic application/vnd.wap.slc
    application/vnd.wap.wbxml application/vnd.wap.wmlc application/vnd.wap.wta-eventc application/watcherinfo+xml
    application/x-amf application/x-coredump application/x-crd+xml application/x-dmap-tagged
    application/x-executable application/x-fcs application/x-git-upload-pack-advertisement
    application/x-git-upload-pack-request application/x-git-upload-pack-result application/x-its
    application/x-its-request application/x-its-response application/x-jxta-msg application/x-msn-messenger
    application/x-ndjson application/x-object application/x-pkixcmp application/x-pkixcmp-poll
    application/x-prov.syncset+wbxml application/x-sharedlib application/x-thrift
    application/x-wap-prov.browser-bookmarks application/x-wap-prov.browser-settings
    application/x-wms-logconnectstats application/x-wms-logplaystats application/x-wms-sendevent
    application/xcap-att+xml application/xcap-caps+xml application/xcap-diff+xml application/xcap-el+xml
    application/xcap-error+xml application/xcap-ns+xml application/xml application/xml-dtd application/xpidf+xml
    application/xslt+xml audio/mp4 image/gif image/jfif image/jpeg image/jpg image/png image/svg+xml image/tiff
    message/imdn+xml message/rfc822 message/sip message/sipfrag message/x-aasp-signalling multipart/
    multipart/alternative multipart/byteranges multipart/encrypted multipart/form-data multipart/mixed
    multipart/related multipart/report multipart/signed text/vnd.wap.co text/vnd.wap.emn text/vnd.wap.si
    text/vnd.wap.sl text/vnd.wap.wml text/xml video/mp2t video/mp4 message/http image/svg+xml
    """.split()
)
"""Those of Wireshark 4.0 that are in common use."""
