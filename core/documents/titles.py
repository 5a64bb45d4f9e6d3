"""What each kind of paper is called, for lists and upload fields."""

from __future__ import annotations

from core.documents.models import DocumentKind
from core.translations import N_

KIND_TITLES: dict[DocumentKind, str] = {
    DocumentKind.ID_CARD: N_("身份证"),
    DocumentKind.HOUSEHOLD_REGISTER: N_("户口本"),
    DocumentKind.RESIDENCE_PERMIT: N_("居住证"),
    DocumentKind.MARRIAGE: N_("结婚证、离婚证"),
    DocumentKind.GUARDIANSHIP: N_("监护关系证明"),
    DocumentKind.DISABILITY_CERTIFICATE: N_("残疾人证"),
    DocumentKind.DIAGNOSIS: N_("诊断书、病历"),
    DocumentKind.MEDICAL_BILL: N_("医药费单据"),
    DocumentKind.SCHOOL: N_("学籍证明"),
    DocumentKind.WAGE_PROOF: N_("工资证明"),
    DocumentKind.INCOME_PROOF: N_("其他收入证明"),
    DocumentKind.BANK_STATEMENT: N_("银行流水"),
    DocumentKind.PROPERTY_PROOF: N_("房屋、土地证明"),
    DocumentKind.VEHICLE_PROOF: N_("车辆证明"),
    DocumentKind.BANK_CARD: N_("银行卡（存折）"),
    DocumentKind.ENTRUSTMENT: N_("委托书"),
    DocumentKind.SIGNATURE: N_("手写签名"),
    DocumentKind.PAPER_AUTHORISATION: N_("纸质核对授权书"),
    DocumentKind.VISIT_PHOTO: N_("入户照片"),
    DocumentKind.VISIT_FORM: N_("入户调查表"),
    DocumentKind.PROOF_LETTER: N_("证明信"),
    DocumentKind.OTHER: N_("其他材料"),
}
