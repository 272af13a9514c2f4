# SPDX-License-Identifier: Apache-2.0
"""The words of the registers and the closing pages, in the order of the pages: zh, en."""

from __future__ import annotations

REGISTERS: dict[str, tuple[str, str]] = {
    # 4 corrections
    "corrections.title": ("四、不符合项与整改", "4  What fails, and its correction"),
    "corrections.none": ("截至报告时点没有观测到不符合的控制项。", "nothing observed fails at the time of this report."),
    "corrections.note": ("“负责人”“期限”两栏由被检查单位填写。", "Owner and due date are filled in by the agency."),
    "corrections.items": ("检查项", "Items"),
    "corrections.control": ("控制项", "Control"),
    "corrections.subjects": ("对象数", "Subjects"),
    "corrections.since": ("首次不符合", "Failing since"),
    "corrections.remedy": ("整改措施", "Correction"),
    "corrections.owner": ("负责人", "Owner"),
    "corrections.due": ("期限", "Due"),
    # 5 exceptions
    "exceptions.title": ("五、例外登记", "5  Exceptions"),
    "exceptions.none": ("未登记任何例外。", "no exception is registered."),
    "exceptions.id": ("编号与控制项", "Id and control"),
    "exceptions.scope": ("适用对象", "Scope"),
    "exceptions.reason": ("原因与补偿措施", "Reason and compensating control"),
    "exceptions.approver": ("批准人与银行备案号", "Approver and bank filing"),
    "exceptions.period": ("有效期", "From – until"),
    "exceptions.state": ("状态", "State"),
    "exceptions.device": ("设备：{device}", "Device: {device}"),
    "exceptions.compensating": ("补偿措施：{text}", "Instead: {text}"),
    "exceptions.filing": ("备案：{text}", "Filing: {text}"),
    "exceptions.no_filing": ("备案：未填写", "Filing: none stated"),
    "state.valid": ("有效", "in force"),
    "state.expired": ("已过期", "expired"),
    "state.future": ("未生效", "not yet in force"),
    # 6 inspections and documents
    "manual.title": ("六、人工检查与文件", "6  Inspections and documents"),
    "manual.inspections": ("人工检查", "Inspections"),
    "manual.documents": ("文件", "Documents"),
    "manual.no_inspections": ("目录中没有需要人工检查的控制项。", "no control of the catalogue asks for an inspection."),
    "manual.no_documents": ("目录中没有需要文件的控制项。", "no control of the catalogue asks for a document."),
    "manual.what": ("检查内容", "Inspected"),
    "manual.last": ("上次", "Last"),
    "manual.next": ("下次不迟于", "Next, at the latest"),
    "manual.result": ("结果", "Result"),
    "manual.inspector": ("检查人", "Inspector"),
    "manual.paper": ("文件", "Document"),
    "manual.version": ("版本", "Version"),
    "manual.owner": ("责任人", "Owner"),
    "manual.approved": ("批准日期", "Approved"),
    "manual.valid": ("有效期至", "Valid until"),
    "manual.digest": ("SHA-256", "SHA-256"),
    "manual.nothing_inspected": ("尚无检查记录", "no inspection on record"),
    "manual.nothing_filed": ("尚未归档", "not filed yet"),
    # 7 subjects
    "subjects.title": ("七、对象清单", "7  Subjects"),
    "subjects.none": ("清单中没有对象。", "the inventory holds no subject."),
    "subjects.kind": ("{kind}（{n}）", "{kind} ({n})"),
    "subjects.name": ("对象", "Subject"),
    "subjects.site": ("场所与分组", "Site and groups"),
    "subjects.system": ("系统或型号", "System or model"),
    "subjects.last": ("最近观测", "Last observed"),
    "subjects.pass": ("符合", "Met"),
    "subjects.fail": ("不符", "Fail"),
    "subjects.open": ("未定", "Open"),
    "subjects.note": (
        "“未定”为未观测、检查出错和待人工检查之和；例外与不适用不计。",
        "Open: not observed, check failed to run, or inspection due. Excepted and not applicable are not counted.",
    ),
    # 8 methods
    "methods.title": ("八、观测方法与限制", "8  Methods and limits"),
    "methods.sources": ("观测来源", "Sources"),
    "methods.source": ("来源（连接方式/采集程序）", "Source (connection/collector)"),
    "methods.kinds": ("对象种类", "Kinds of subjects"),
    "methods.subjects": ("对象", "Subjects"),
    "methods.checks": ("检查次数", "Checks"),
    "methods.no_sources": ("台账中还没有观测。", "the ledger holds no observation yet."),
    "methods.limits": ("限制", "Limits"),
    "limit.1": (
        "结论只对所列观测时间成立；两次观测之间的状态未被看到。",
        "A result holds for the time of its observation; what happened between two observations was not seen.",
    ),
    "limit.2": (
        "读不到的内容记为“未观测”，不推定为符合；原因列在相应检查项下。",
        "What could not be read is “not observed” and never taken as met; the reason stands under the item.",
    ),
    "limit.3": (
        "纸质制度、现场状况和人员行为由人工检查和归档文件回答，本工具只核对其记录、期限和摘要。",
        (
            "Rules on paper, rooms and conduct are answered by inspections and filed documents; this tool checks "
            "their records, dates and digests only."
        ),
    ),
    "limit.4": (
        "UPS 续航时间由设备估算，以放电演练记录为准。",
        "The runtime of a UPS is an estimate of the device; the record of a discharge drill decides.",
    ),
    "limit.5": (
        "证据表每个对象最多列出三行，每个控制项最多列出二十个对象，其余见附录和随附证据。",
        (
            "Evidence shows at most three rows a subject and twenty subjects a control; the rest stands in the "
            "appendix and the attached evidence."
        ),
    ),
    "limit.replaced": (
        "设备上报的下列字符没有字形，以码位表示：{codes}。",
        "These characters reported by devices have no glyph and are written as code points: {codes}.",
    ),
    "methods.versions": ("版本与摘要", "Versions and digests"),
    "methods.name": ("名称", "Name"),
    "methods.version": ("版本或 SHA-256", "Version or SHA-256"),
    # 9 verification
    "verify.title": ("九、校验", "9  Verification"),
    "verify.text": (
        (
            "本报告的每条结论都来自只增不改的台账。台账首部是全部记录的哈希链末端：任何一条记录被改动、删除或截断，"
            "首部都会不同。请保存本页；凭它可以发现台账日后是否被改写。"
        ),
        (
            "Every result of this report comes from a ledger that only grows. Its head is the end of a chain of "
            "hashes over all entries: if one is changed, removed or cut off, the head differs. Keep this page: it "
            "reveals a ledger that was rewritten later."
        ),
    ),
    "verify.head": ("台账首部（SHA-256）", "Ledger head (SHA-256)"),
    "verify.entries": ("台账条目", "Ledger entries"),
    "verify.runs": ("审计次数", "Audit runs"),
    "verify.period": ("台账期间", "Ledger from – to"),
    "verify.signer": ("电子签名", "Electronic signature"),
    "verify.unsigned": (
        "本文件未附电子签名时，以签署页的手写签字为准。",
        "Where this file carries no electronic signature, the signatures on paper count.",
    ),
    "verify.how": ("如何校验", "How to verify"),
    "verify.step1": (
        "离线运行 menshen verify --ledger 台账文件 --head 首部：逐条核对哈希与每次检查的汇总根，并确认本报告出自该台账。",
        "Run menshen verify --ledger FILE --head HEAD, offline: it recomputes every hash and root, and finds this report's entry.",
    ),
    "verify.step2": (
        "二维码内含报告编号与台账首部，应与本页文字一致。",
        "The QR code holds the report number and the ledger head; both must equal the text of this page.",
    ),
    # sign-off
    "sign.title": ("签署页", "Signatures"),
    "sign.text": (
        "以下各方确认已阅读本报告，包括其中列明的不符合项、未观测项与例外。",
        "The undersigned have read this report, with what it names as not met, not observed and excepted.",
    ),
    "sign.prepared": ("编制", "Prepared by"),
    "sign.reviewed": ("审核", "Reviewed by"),
    "sign.approved": ("批准", "Approved by"),
    "sign.received": ("银行签收", "Received by the bank"),
    "sign.name": ("签字", "Signature"),
    "sign.date": ("日期", "Date"),
    "sign.seal": ("（盖章处）", "(seal)"),
    # appendix
    "appendix.title": ("附录、不符合明细", "Appendix  All that fails"),
    "appendix.text": (
        "正文只列前二十个对象的控制项，全部不符合的对象列在此处。",
        "Controls of which the items show the first twenty subjects only: here are all that fail.",
    ),
    # errors of writing
    "error.space": (
        "写入 {path} 失败：磁盘空间不足；没有留下文件。",
        "cannot write {path}: no space left on the disk; no file was left behind.",
    ),
    "error.write": ("写入 {path} 失败：{reason}；没有留下文件。", "cannot write {path}: {reason}; no file was left behind."),
    "error.glyphs": ("字体缺少下列字符，报告未生成：", "The fonts lack these characters; no report was made:"),
}
